using Kontena.Simulation.Tests.Platform;
using Kontena.Simulation.Tests.Time;

namespace Kontena.Simulation.Tests.ControlPlane;

/// <summary>A process of the control plane that can be killed, started again, stopped in its tracks and cut off.</summary>
internal abstract class Replica(World world, string name, int mark)
{
    private readonly Dice _dice = world.Dice.Fork();

    public string Name => name;

    public SimProcess? Process { get; private set; }

    public BusLink? Bus { get; private set; }

    public bool IsUp => Process is not null;

    /// <summary>How far the clock of its machine is off.</summary>
    public TimeSpan Skew { get; set; }

    protected World World => world;

    public void Start()
    {
        if (Process is not null)
            return;
        var process = Process = new SimProcess(world.Timeline, name, mark, Skew);
        var bus = Bus = new BusLink(world, process);
        var origin = $"{name} at {world.Timeline.Now}";
        var store = new StoreConnection(world, process, origin);
        world.Trace.Note(process, "starts");
        process.After(TimeSpan.Zero, () =>
        {
            Run(process, store, bus);
            _ = new RelayHost(world, process, store, bus, origin);
        });
    }

    public void Kill()
    {
        if (Process is null)
            return;
        world.Trace.Note(Process, "is killed");
        Process.Die();
        Bus!.Close();
        (Process, Bus) = (null, null);
    }

    /// <summary>Stands still. The broker gives its letters to another meanwhile; then it goes on as if nothing had been.</summary>
    public void Pause(TimeSpan span)
    {
        if (Process is not { } process || Bus is not { } bus)
            return;
        world.Trace.Note(process, "stands still", null, (long)span.TotalMilliseconds);
        process.Pause(span);
        world.Timeline.After(_dice.Seconds(1, 15), null, () =>
        {
            if (process.IsAlive && process.PausedUntil > world.Timeline.Now)
                bus.GiveUp();
        });
    }

    protected abstract void Run(SimProcess process, StoreConnection store, BusLink bus);
}
