using Kontena.Contracts.Instances;
using Kontena.Contracts.Messaging;
using Kontena.Contracts.Nodes;
using Kontena.NodeAgent.Instances;
using Kontena.NodeAgent.Orders;
using Kontena.NodeAgent.Reports;
using Kontena.Simulation.Tests.Platform;
using Kontena.Simulation.Tests.Time;

namespace Kontena.Simulation.Tests.Nodes;

/// <summary>One run of a node-agent: the real rules for orders, the real reconciler and the real board of reports; engine, disk and threads are
/// simulated.</summary>
internal sealed class Agent(World world, Machine machine, SimProcess process, BusLink bus)
{
    private static readonly TimeSpan HeartbeatEvery = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan FullPass = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan EngineAway = TimeSpan.FromSeconds(1);
    private static readonly string FactsText = FactsHash.Of(Machine.Facts);

    private readonly Dice _dice = world.Dice.Fork();
    private readonly SortedDictionary<string, InstanceRun> _runs = new(StringComparer.Ordinal);
    private readonly Dictionary<string, InstanceOrder> _orders = new(machine.Disk, StringComparer.Ordinal);
    private bool _listed;
    private bool _confirmed;
    private bool _refused;
    private bool _leaves;

    public SimProcess Process => process;

    public ReportBoard Board { get; } = new(process.Clock);

    public NodeJoined? Joined { get; private set; } = machine.Joined;

    /// <summary>Its record was removed; only a restart makes it ask to join again.</summary>
    public bool IsRefused => _refused && _confirmed;

    public bool HasToldAll { get; private set; }

    public IEnumerable<InstanceOrder> Orders => _orders.Values;

    public void Start()
    {
        bus.Read(Queues.Node(machine.Id), 32, isExclusive: false, TakeAsync);
        Join(TimeSpan.FromSeconds(2));
        process.After(_dice.Milliseconds(20, 200), Look);
        process.Every(_dice.Milliseconds(50, 2000), HeartbeatEvery, Heartbeat);
        _ = new ReportPump(world, process, bus, Board);
    }

    public InstanceOrder? Find(string instanceId) => _orders.GetValueOrDefault(instanceId);

    /// <summary>In memory at once, on disk a moment later; <paramref name="written"/> is told then.</summary>
    public void Write(InstanceOrder order, Action? written = null)
    {
        if (Find(order.InstanceId)?.Generation > order.Generation)
            world.Break("history only moves forward", $"{machine.Name} goes from generation {Find(order.InstanceId)!.Generation} of {order.Name} back to {order.Generation}");
        _orders[order.InstanceId] = order;
        process.After(_dice.Milliseconds(0.5, 5), () =>
        {
            if (_orders.TryGetValue(order.InstanceId, out var newest))
                machine.Disk[order.InstanceId] = newest;
            written?.Invoke();
        });
    }

    /// <summary>What a step waits for before the next one begins.</summary>
    public void WriteAtOnce(InstanceOrder order) => machine.Disk[order.InstanceId] = _orders[order.InstanceId] = order;

    /// <summary>The engine said that something happened to the container.</summary>
    public void Heard(string instanceId) => process.After(_dice.Milliseconds(1, 50), () => _runs.GetValueOrDefault(instanceId)?.OnEvent());

    /// <summary>The process ends: what it had asked of the engine may still happen.</summary>
    public void Abandon()
    {
        foreach (var run in _runs.Values)
            run.Abandon(_dice);
    }

    public void RunDone(InstanceRun run)
    {
        if (!HasToldAll && _listed)
            HasToldAll = _runs.Values.All(one => Board.Find(one.InstanceId) is not null);
    }

    private Task TakeAsync(Letter letter)
    {
        switch (letter.Message)
        {
            case ApplyInstance apply:
                return TakeAsync(apply.InstanceId, known => OrderRules.Take(Trusting(known), apply, machine.Now));
            case RemoveInstance remove:
                return TakeAsync(remove.InstanceId, known => OrderRules.Take(Trusting(known), remove, machine.Now));
            case RestartInstance restart:
                return TakeAsync(restart.InstanceId, known => OrderRules.Take(known, restart, machine.Now), answers: false);
            case SyncNode:
                return SyncAsync();
            case ReportFacts when Joined is { } joined:
                var facts = new NodeFactsReport { Grid = joined.Grid, Node = joined.Node, NodeId = machine.Id, Facts = Machine.Facts };
                return bus.SendAsync(Destination.Report(joined.Grid, "facts"), facts, CancellationToken.None);
            case NodeJoined joined:
                (machine.Joined, Joined, _confirmed, _refused) = (joined, joined, true, false);
                PokeAll();
                return Task.CompletedTask;
            case JoinRefused:
                _refused = true;
                return Task.CompletedTask;
            default:
                return Task.CompletedTask;
        }
    }

    private InstanceOrder? Trusting(InstanceOrder? known) =>
        world.Mutant == Mutant.AgentIgnoresGenerations && known is not null ? known with { Generation = -1 } : known;

    private Task TakeAsync(string instanceId, Func<InstanceOrder?, InstanceOrder?> take, bool answers = true)
    {
        if (take(Find(instanceId)) is not { } order)
        {
            if (answers && !Board.Repeat(instanceId))
                RunOf(instanceId).Poke();
            return Task.CompletedTask;
        }

        world.Trace.Note(process, "takes up", order.Name, order.Generation);
        var safe = new TaskCompletionSource();
        Write(order, safe.SetResult);
        RunOf(instanceId).Poke();
        return safe.Task;
    }

    private Task SyncAsync()
    {
        if (Joined is not { } joined || !HasToldAll)
            return Task.CompletedTask;
        var upTo = Board.Sequence;
        var all = Board.All();
        var synced = new NodeSynced { Grid = joined.Grid, Node = joined.Node, NodeId = machine.Id, Instances = all, Run = Board.Run, UpTo = upTo };
        return SendAsync();

        async Task SendAsync()
        {
            await bus.SendAsync(Destination.Report(joined.Grid, "synced"), synced, CancellationToken.None);
            foreach (var observed in all)
                Board.Sent(observed);
        }
    }

    private void Join(TimeSpan pause)
    {
        if (_confirmed)
            return;
        var join = new JoinGrid { NodeId = machine.Id, Name = machine.Name, Token = World.Token, Facts = Machine.Facts };
        world.Broker.Publish(bus, Destination.Report("", "join"), join, static _ => { });
        var longer = pause * 1.5;
        process.After(pause, () => Join(longer < TimeSpan.FromSeconds(10) ? longer : TimeSpan.FromSeconds(10)));
    }

    private void Heartbeat()
    {
        if (!_leaves)
            Heartbeat(static _ => { });
    }

    /// <summary>It was told to stop, and says so; <paramref name="said"/> when the broker has taken that, or has not.</summary>
    public void Leave(Action said)
    {
        _leaves = true;
        Heartbeat(_ => said());
    }

    private void Heartbeat(Action<bool> confirmed)
    {
        if (Joined is not { } joined)
        {
            confirmed(false);
            return;
        }

        var beat = new NodeHeartbeat
        {
            Grid = joined.Grid,
            Node = joined.Node,
            NodeId = machine.Id,
            SentAt = process.Clock.GetUtcNow(),
            FactsHash = FactsText,
            ObservedDigest = HasToldAll && world.Mutant != Mutant.AgentGivesNoDigest ? Board.Digest() : "",
            Leaves = _leaves,
        };
        world.Broker.Publish(bus, Destination.Report(joined.Grid, "heartbeat"), beat, confirmed);
    }

    /// <summary>The full look: everything the engine has, and everything that was ordered.</summary>
    private void Look()
    {
        if (machine.IsEngineAway)
        {
            process.After(EngineAway, Look);
            return;
        }

        foreach (var container in machine.Engine.Containers.ToList())
        {
            if (world.Mutant == Mutant.AgentRemovesWhatItDoesNotKnow && Find(container.InstanceId) is null)
                Purge(container);
            else
                RunOf(container.InstanceId);
        }

        foreach (var order in _orders.Values.Where(order => order is not { Desired: DesiredState.Removed, Done: true }).ToList())
            RunOf(order.InstanceId);
        foreach (var run in _runs.Values.ToList())
            run.OnListed();
        _listed = true;
        foreach (var (instanceId, run) in _runs.Where(one => one.Value.MayRetire).ToList())
            _runs.Remove(instanceId);
        process.After(FullPass, Look);
    }

    private void Purge(SimContainer container)
    {
        machine.Engine.Remove(container, machine.Now);
        foreach (var volume in machine.Engine.Volumes.Values.Where(one => one.InstanceId == container.InstanceId).ToList())
            machine.Engine.RemoveVolume(volume.Name);
    }

    private void PokeAll()
    {
        foreach (var run in _runs.Values.ToList())
            run.Poke();
    }

    private InstanceRun RunOf(string instanceId)
    {
        if (!_runs.TryGetValue(instanceId, out var run))
            _runs[instanceId] = run = new InstanceRun(world, machine, this, instanceId);
        return run;
    }
}
