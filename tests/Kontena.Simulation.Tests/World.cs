using Kontena.Contracts.Grids;
using Kontena.Simulation.Tests.Checkers;
using Kontena.Simulation.Tests.ControlPlane;
using Kontena.Simulation.Tests.Nodes;
using Kontena.Simulation.Tests.Platform;
using Kontena.Simulation.Tests.Runs;
using Kontena.Simulation.Tests.Time;
using Kontena.State;

namespace Kontena.Simulation.Tests;

/// <summary>One grid with everything that makes it up, in this process, on one thread and from one seed.</summary>
internal sealed class World
{
    public const string Grid = "sim-grid";
    public const string Token = "a-token-of-sixteen";

    private readonly List<Violation> _violations = [];
    private readonly Dictionary<string, Machine> _machines = new(StringComparer.Ordinal);
    private int _marks;

    public World(ulong seed, Mutant mutant = Mutant.None)
    {
        Mutant = mutant;
        Dice = new Dice(seed);
        Timeline = new Timeline(Dice.Fork()) { Over = () => _violations.Count > 0 };
        Trace = new Trace(Timeline);
        Store = new MemoryStore(mutant);
        Broker = new Broker(this);
        State = new StateHistory(this);
        Ground = new Ground(this);
        for (var number = 1; number <= 2; number++)
            Managers.Add(new ManagerReplica(this, $"manager-{number}", ++_marks));
        for (var number = 1; number <= 2; number++)
            Schedulers.Add(new SchedulerReplica(this, $"scheduler-{number}", ++_marks));

        var now = SimClock.Start;
        Rebalance = (seed % 4) switch
        {
            0 => GridRebalance.Auto,
            3 => GridRebalance.Off,
            _ => GridRebalance.Gentle,
        };
        var grid = new Grid { Name = Grid, Token = Token, Rebalance = Rebalance, CreatedAt = now, UpdatedAt = now };
        Store.Apply(new CommitBatch(StateKeys.System).Put(StateKeys.Grid, grid, 0), "world");
    }

    public Mutant Mutant { get; }

    /// <summary>The grid's setting: one of <see cref="GridRebalance"/>.</summary>
    public string Rebalance { get; }

    public Dice Dice { get; }

    public Timeline Timeline { get; }

    public Trace Trace { get; }

    public Weather Weather { get; } = new();

    public MemoryStore Store { get; }

    public Broker Broker { get; }

    /// <summary>What is stored, typed, and never back in time.</summary>
    public StateHistory State { get; }

    /// <summary>What really runs.</summary>
    public Ground Ground { get; }

    public List<ManagerReplica> Managers { get; } = [];

    public List<SchedulerReplica> Schedulers { get; } = [];

    public IEnumerable<Replica> Replicas => Managers.Concat<Replica>(Schedulers);

    /// <summary>In the order in which they were made.</summary>
    public IReadOnlyCollection<Machine> Machines => _machines.Values;

    public IReadOnlyList<Violation> Violations => _violations;

    /// <summary>By the world's clock.</summary>
    public DateTimeOffset Now => SimClock.Start + Timeline.Elapsed;

    public Machine AddMachine(TimeSpan skew)
    {
        var name = $"node-{_machines.Count + 1}";
        return _machines[name] = new Machine(this, name, ++_marks, skew);
    }

    public SimProcess NewProcess(string name) => new(Timeline, name, ++_marks, TimeSpan.Zero);

    public Machine? FindMachine(string nodeId) => _machines.Values.FirstOrDefault(one => one.Id == nodeId);

    /// <summary>Null when applied.</summary>
    public StateConflictException? Commit(SimProcess process, CommitBatch batch, string origin)
    {
        if (Store.Apply(batch, origin) is { } conflict)
        {
            Trace.Note(process, "conflict", conflict.Key.Id);
            return conflict;
        }

        foreach (var put in batch.Puts)
            Trace.Note(process, "puts", put.Key.Kind, put.Key.Id, put.Expected + 1);
        foreach (var delete in batch.Deletes)
            Trace.Note(process, "deletes", delete.Key.Kind, delete.Key.Id, delete.Expected);
        State.Committed(process, batch);
        return null;
    }

    public void Break(string promise, string what)
    {
        var violation = new Violation(promise, what, Timeline.Elapsed);
        Trace.Note(null, "BROKEN", violation);
        _violations.Add(violation);
    }

    /// <summary>A loop of the product that must never end by itself.</summary>
    public async Task WatchAsync(SimProcess process, Task loop)
    {
        try
        {
            await loop;
        }
        catch (Exception surprise)
        {
            Break("no loop ends", $"{process.Name}: {surprise}");
        }
    }
}
