using Kontena.Contracts.Commands;
using Kontena.Contracts.Deploys;
using Kontena.Contracts.Events;
using Kontena.Contracts.Instances;
using Kontena.Contracts.Jobs;
using Kontena.Contracts.Messaging;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Services;
using Kontena.Contracts.Stacks;
using Kontena.Contracts.Vault;
using Kontena.Contracts.Volumes;
using Kontena.Scheduler.Repair;
using Kontena.Scheduler.Shards;
using Kontena.Scheduler.Snapshots;
using Kontena.State.Documents;

namespace Kontena.Scheduler.Tests.World;

/// <summary>A whole grid in memory on one virtual clock: the scheduler's decisions, nodes that obey, and a network that may lose
/// things.</summary>
internal sealed class GridWorld
{
    private readonly Dictionary<string, SimNode> _nodes = new(StringComparer.Ordinal);
    private readonly Random? _faults;
    private readonly double _loss;
    private readonly Dictionary<(string Uid, int Revision), ServiceSpec> _specs = [];
    private readonly Queue<RollbackService> _rollbacks = new();
    private int _ids;
    private int _sinceSweep;

    /// <param name="loss">The share of messages that get lost, and of those that arrive twice.</param>
    public GridWorld(int nodes = 0, int? seed = null, double loss = 0)
    {
        _faults = seed is null ? null : new Random(seed.Value);
        _loss = loss;
        Snapshot = new GridSnapshot { Name = "test-grid", Epoch = 1, Grid = Some.Grid() };
        for (var number = 1; number <= nodes; number++)
            Add(Some.Node(number));
    }

    public DateTimeOffset Now { get; private set; } = Some.Start.AddHours(1);

    public GridSnapshot Snapshot { get; set; }

    public GridMemory Memory { get; private set; } = new();

    public List<(Destination Destination, object Message)> Sent { get; } = [];

    public List<string> Notes { get; } = [];

    public List<GridEvent> Events { get; } = [];

    /// <summary>Looked at after every step.</summary>
    public List<Action> Laws { get; } = [];

    public IReadOnlyList<Instance> Instances => [.. Snapshot.Instances.Values.OrderBy(one => one.Number)];

    public SimNode this[string node] => _nodes[node];

    public IEnumerable<SimNode> Nodes => _nodes.Values;

    public void Add(Node node)
    {
        Put(node);
        Put(Some.Online(node.Name));
        _nodes[node.Name] = new SimNode("test-grid", node.Name, node.NodeId!);
    }

    public void Put(Node node) => Snapshot = Snapshot with { Nodes = Write(Snapshot.Nodes, node) };

    public void Put(NodeLiveness liveness) => Snapshot = Snapshot with { Liveness = Write(Snapshot.Liveness, liveness) };

    public void Put(Stack stack) => Snapshot = Snapshot with { Stacks = Write(Snapshot.Stacks, stack) };

    /// <summary>Whether grid-manager carries out what the scheduler asks of it.</summary>
    public bool HasGridManager { get; set; } = true;

    public void Put(ServiceRun run) => Snapshot = Snapshot with { Runs = Write(Snapshot.Runs, run) };

    public void Put(Volume volume) => Snapshot = Snapshot with { Volumes = Write(Snapshot.Volumes, volume) };

    public void Forget(Volume volume) => Snapshot = Snapshot with { Volumes = Snapshot.Volumes.Reread(volume.Name, null) };

    /// <summary>The machine joins (again), maybe under another name.</summary>
    public void Join(Node node)
    {
        Put(node);
        Put(Some.Online(node.Name));
        var machine = _nodes.Values.FirstOrDefault(one => one.NodeId == node.NodeId) ?? new SimNode("test-grid", node.Name, node.NodeId!);
        foreach (var known in _nodes.Where(one => one.Value.NodeId == node.NodeId).Select(one => one.Key).ToList())
            _nodes.Remove(known);
        machine.Name = node.Name;
        machine.IsConnected = true;
        _nodes[node.Name] = machine;
    }

    public Service Put(Service service)
    {
        _specs[(service.Uid, service.Revision)] = service.Spec;
        var stamped = service with { UpdatedAt = Now };
        Snapshot = Snapshot with { Services = Write(Snapshot.Services, stamped) };
        return stamped;
    }

    public Service Change(string name, Func<Service, Service> change, string stack = "shop") =>
        Put(change(Snapshot.Services.Find(Service.DocumentId(stack, name))!));

    public void Forget(Service service) =>
        Snapshot = Snapshot with { Services = Snapshot.Services.Reread(Service.DocumentId(service.Stack, service.Name), null) };

    public void RemoveNode(string node)
    {
        Snapshot = Snapshot with { Nodes = Snapshot.Nodes.Reread(node, null), Liveness = Snapshot.Liveness.Reread(node, null) };
        _nodes[node].IsConnected = false;
    }

    public void Lose(string node)
    {
        _nodes[node].IsConnected = false;
        Put(Some.Offline(node, Now));
    }

    /// <summary>Missed heartbeats; the machine itself goes on.</summary>
    public void Doubt(string node) => Put(Some.Online(node) with { State = LivenessState.Suspect });

    public void Return(string node)
    {
        _nodes[node].IsConnected = true;
        Put(Some.Online(node) with { LastSeenAt = Now });
    }

    /// <summary>A new scheduler takes over: it knows what is stored and nothing else.</summary>
    public void RestartScheduler() => Memory = new GridMemory();

    public string Deploy(string service = "web", string stack = "shop", bool acceptDataLoss = false)
    {
        var command = new DeployService { Grid = "test-grid", Stack = stack, Service = service, AcceptDataLoss = acceptDataLoss };
        var answer = Apply(new GridInput.Deploy(NewId(), command))[0]!;
        Assert.Equal(CommandOutcome.Done, answer.Outcome);
        return answer.CreatedId!;
    }

    public string DeployStack(params IReadOnlyList<string> services)
    {
        var command = new DeployStack { Grid = "test-grid", Stack = "shop", Services = services };
        return Apply(new GridInput.DeployAll(NewId(), command))[0]!.CreatedId!;
    }

    public CommandResult Cancel(string service = "web", string? deploy = null) => Apply(new GridInput.Cancel(new CancelDeploy
    {
        Grid = "test-grid", Stack = "shop", Service = service, DeployId = deploy, By = "ann",
    }))[0]!;

    public CommandResult CancelStack() =>
        Apply(new GridInput.CancelAll(new CancelStackDeploy { Grid = "test-grid", Stack = "shop", By = "ann" }))[0]!;

    /// <summary>The instance's node has checked it.</summary>
    public void Health(Instance instance, string health)
    {
        _nodes[instance.Node!].SetHealth(instance.Id, health);
        Tick();
    }

    public ServiceDeploy Of(string deploy) => Snapshot.ServiceDeploys.Find(deploy)!;

    public NodeDrain? Drain(string node) => Snapshot.Drains.Find(node);

    public StackDeploy OfStack(string deploy) => Snapshot.StackDeploys.Find(deploy)!;

    public IReadOnlyList<CommandResult?> Apply(params IReadOnlyList<GridInput> inputs)
    {
        var draft = new GridDraft(Snapshot);
        var answers = GridReconciler.Apply(draft, Snapshot, inputs, Memory, Now, NewId);
        Snapshot = draft.Committed();
        Notes.AddRange(draft.Notes);
        Events.AddRange(draft.Events);
        foreach (var message in draft.Outgoing)
        {
            Sent.Add(message);
            if (message.Message is RollbackService rollback && HasGridManager)
                _rollbacks.Enqueue(rollback);
            if (message.Message is SealOrder seal && HasGridManager && _nodes.Values.FirstOrDefault(node => node.NodeId == seal.NodeId) is { } sealedFor)
                Carry(() => sealedFor.Inbox.Enqueue(seal.Order));
            if (_nodes.Values.Where(node => Destination.Node(node.NodeId) == message.Destination).MaxBy(node => node.IsConnected) is { } node)
                Carry(() => node.Inbox.Enqueue(message.Message));
        }

        foreach (var law in Laws)
            law();
        return answers;
    }

    /// <summary>One second: nodes work, reports arrive, and every other second the scheduler sweeps and hears heartbeats.</summary>
    public void Tick()
    {
        Now = Now.AddSeconds(1);
        while (_rollbacks.TryDequeue(out var rollback))
            RollBack(rollback);
        var inputs = new List<GridInput>();
        foreach (var node in _nodes.Values)
        {
            foreach (var report in node.Step(Now))
            {
                if (!node.IsConnected)
                    continue;
                GridInput input = report switch
                {
                    NodeSynced synced => new GridInput.Synced(synced),
                    VolumeObserved volume => new GridInput.VolumeReport(volume),
                    _ => new GridInput.Report((InstanceObserved)report),
                };
                Carry(() => inputs.Add(input));
            }
        }

        if (_faults is not null)
            inputs = [.. inputs.OrderBy(_ => _faults.Next())];
        if (inputs.Count > 0)
            Apply(inputs);
        if (++_sinceSweep < 2)
            return;
        _sinceSweep = 0;
        var beats = _nodes.Values.Where(node => node.IsConnected).Select(node => (GridInput)new GridInput.Heartbeat(new NodeHeartbeat
        {
            Grid = "test-grid", Node = node.Name, NodeId = node.NodeId, SentAt = Now, FactsHash = "", ObservedDigest = node.Digest(), NamesDigest = node.NamesDigest,
        }));
        Apply([new GridInput.Sweep(), .. beats]);
    }

    /// <param name="step">Seconds that pass at once, for days.</param>
    public void Run(int ticks, int step)
    {
        for (var tick = 0; tick < ticks; tick++)
        {
            Now = Now.AddSeconds(step - 1);
            Tick();
        }
    }

    public void Run(int seconds)
    {
        for (var second = 0; second < seconds; second++)
            Tick();
    }

    /// <summary>Ticks until it holds; fails with what was waited for.</summary>
    public void Until(Func<bool> holds, string what, int seconds = 4000)
    {
        for (var second = 0; second < seconds; second++)
        {
            if (holds())
                return;
            Tick();
        }

        Assert.Fail($"within {seconds} s: {what}; deploys: {string.Join(" | ", Snapshot.ServiceDeploys.Values.Select(one => $"{one.State} {one.Reason}"))}");
    }

    public ServiceDeploy Finish(string deploy)
    {
        Until(() => Of(deploy).FinishedAt is not null, $"deploy {deploy} ends");
        return Of(deploy);
    }

    public string NewId() => $"{++_ids:x24}";

    // As grid-manager does it.
    private void RollBack(RollbackService command)
    {
        var current = Snapshot.Services.Find(Service.DocumentId(command.Stack, command.Service));
        if (current is null || current.Revision != command.FromRevision || !_specs.TryGetValue((current.Uid, command.ToRevision), out var spec))
            return;
        var next = current.Revision + 1;
        Put(current with
        {
            Spec = spec with { Instances = current.Spec.Instances }, Revision = next,
            RolledBack = new ServiceRollback(next, command.ToRevision, command.DeployId),
        });
    }

    private void Carry(Action deliver)
    {
        if (_faults is not null && _faults.NextDouble() < _loss)
            return;
        deliver();
        if (_faults is not null && _faults.NextDouble() < _loss)
            deliver();
    }

    private static DocumentTable<T> Write<T>(DocumentTable<T> table, T document)
        where T : class
    {
        var id = table.Kind.IdOf(document);
        return table.Reread(id, new Versioned<T>(document, table.VersionOf(id) + 1));
    }
}
