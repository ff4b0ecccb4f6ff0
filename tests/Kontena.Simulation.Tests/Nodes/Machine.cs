using Kontena.Contracts.Nodes;
using Kontena.NodeAgent.Orders;
using Kontena.Simulation.Tests.Platform;
using Kontena.Simulation.Tests.Time;

namespace Kontena.Simulation.Tests.Nodes;

/// <summary>A host: its disk, its engine and, while it is on, its agent.</summary>
internal sealed class Machine
{
    private readonly World _world;
    private readonly int _mark;
    private long _wellSince;

    public Machine(World world, string name, int mark, TimeSpan skew)
    {
        (_world, _mark, Name, Skew) = (world, mark, name, skew);
        Engine = new SimEngine(world, this);
    }

    public string Name { get; }

    /// <summary>The engine's id.</summary>
    public string Id => "ID" + Name;

    public TimeSpan Skew { get; set; }

    public SimEngine Engine { get; }

    /// <summary>Ticks; until then the engine answers nobody.</summary>
    public long EngineAwayUntil { get; set; }

    public bool IsEngineAway => EngineAwayUntil > _world.Timeline.Now;

    /// <summary>What the agent wrote down: survives everything but the loss of the disk.</summary>
    public Dictionary<string, InstanceOrder> Disk { get; } = new(StringComparer.Ordinal);

    public NodeJoined? Joined { get; set; }

    public bool IsOn { get; private set; } = true;

    public SimProcess? Process { get; private set; }

    public BusLink? Bus { get; private set; }

    public Agent? Agent { get; private set; }

    /// <summary>Since when the agent has been up with a line to where the broker is; null while it is not.</summary>
    public TimeSpan? WellSince =>
        Process is { IsAlive: true } && Bus is { IsCut: false } ? TimeSpan.FromTicks(Math.Max(_wellSince, Process.PausedUntil)) : null;

    /// <summary>A heartbeat of it got lost on its way: who has not heard it can't know that it is well.</summary>
    public void WentUnheard() => _wellSince = _world.Timeline.Now;

    public DateTimeOffset Now => SimClock.Start + _world.Timeline.Elapsed + Skew;

    public static readonly NodeFacts Facts = new() { Cpus = 8, MemoryTotal = 32L * 1024 * 1024 * 1024, DockerVersion = "28" };

    public void StartAgent()
    {
        if (!IsOn || Process is not null)
            return;
        var process = Process = new SimProcess(_world.Timeline, Name, _mark, Skew);
        Bus = new BusLink(_world, process);
        _world.Trace.Note(process, "agent starts");
        _wellSince = _world.Timeline.Now;
        Agent = new Agent(_world, this, process, Bus);
        process.After(TimeSpan.Zero, Agent.Start);
    }

    /// <summary>The agent alone: its containers run on.</summary>
    public void KillAgent()
    {
        if (Process is null)
            return;
        _world.Trace.Note(Process, "agent is killed");
        Agent!.Abandon();
        Process.Die();
        Bus!.Close();
        (Process, Bus, Agent) = (null, null, null);
    }

    /// <summary>The agent alone, in good order: it says that it goes.</summary>
    public void StopAgent()
    {
        if (Agent is not { } agent)
            return;
        _world.Trace.Note(Process, "agent is told to stop");
        agent.Leave(() =>
        {
            if (Agent == agent)
                KillAgent();
        });
    }

    public void Cut()
    {
        if (Bus is not { IsCut: false } bus)
            return;
        _world.Trace.Note(Process, "is cut off from the broker");
        bus.Cut();
    }

    public void Heal()
    {
        if (Bus is not { IsCut: true } bus)
            return;
        _world.Trace.Note(Process, "is back on the network");
        bus.Heal();
        _wellSince = _world.Timeline.Now;
    }

    /// <summary>Without a word to anybody.</summary>
    public void PowerOff()
    {
        if (!IsOn)
            return;
        _world.Trace.Note(Process, "machine goes off", Name);
        KillAgent();
        IsOn = false;
        foreach (var container in Engine.Containers.ToList())
            Engine.Stop(container, Now, 137);
    }

    public void PowerOn()
    {
        if (IsOn)
            return;
        _world.Trace.Note(null, "machine is on again", Name);
        IsOn = true;
        StartAgent();
    }

    /// <summary>The directory of orders is gone: set aside as damaged, or not in the backup.</summary>
    public void LoseOrders()
    {
        _world.Trace.Note(null, "orders are lost", Name);
        Disk.Clear();
    }

    /// <summary>A container dies by itself.</summary>
    public void Crash(SimContainer container, int exitCode)
    {
        if (!container.Running)
            return;
        _world.Trace.Note(Process, "container dies", container.Spec.Name);
        Engine.Stop(container, Now, exitCode);
        Agent?.Heard(container.InstanceId);
    }
}
