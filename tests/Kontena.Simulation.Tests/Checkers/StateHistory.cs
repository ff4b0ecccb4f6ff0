using System.Text.Json;
using Kontena.Contracts.Deploys;
using Kontena.Contracts.Instances;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Services;
using Kontena.Contracts.Stacks;
using Kontena.Simulation.Tests.Time;
using Kontena.State;
using Kontena.State.Documents;

namespace Kontena.Simulation.Tests.Checkers;

/// <summary>Follows every commit: each fact has one writer, and history only moves forward.</summary>
internal sealed class StateHistory(World world)
{
    private const string Forward = "history only moves forward";
    private const string OneWriter = "single writer";

    /// <summary>Which service writes a kind: the first that does.</summary>
    private readonly Dictionary<string, string> _writers = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _generations = new(StringComparer.Ordinal);
    private readonly List<ServiceDeploy> _succeeded = [];
    private SimProcess? _holder;

    public SortedDictionary<string, Service> Services { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, Stack> Stacks { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, Node> Nodes { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, NodeLiveness> Liveness { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, Instance> Instances { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, InstanceObserved> Observed { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, ServiceDeploy> Deploys { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, StackDeploy> StackDeploys { get; } = new(StringComparer.Ordinal);

    /// <summary>Deploys that have not ended.</summary>
    public SortedDictionary<string, ServiceDeploy> Unfinished { get; } = new(StringComparer.Ordinal);

    /// <summary>What becomes of runs and schedules.</summary>
    public RunLaws Runs { get; } = new(world);

    /// <summary>Uids of services whose removal was asked for.</summary>
    public HashSet<string> RemovedServices { get; } = new(StringComparer.Ordinal);

    public long DeploysEnded { get; private set; }

    /// <summary>Those of them by which rebalancing moved an instance.</summary>
    public long MovesEnded { get; private set; }

    public void Committed(SimProcess process, CommitBatch batch)
    {
        foreach (var put in batch.Puts)
        {
            CheckWriter(process, put.Key);
            Put(put);
        }

        // A deploy and what it rests on may be of one commit.
        _succeeded.ForEach(Runs.Completed);
        _succeeded.Clear();
        foreach (var delete in batch.Deletes)
        {
            CheckWriter(process, delete.Key);
            Delete(delete.Key);
        }
    }

    private void CheckWriter(SimProcess process, DocumentKey key)
    {
        if (key.Kind == StateKeys.SchedulerEpoch.Name)
            _holder = process;
        var service = process.Name.Split('-')[0];
        if (!_writers.TryAdd(key.Kind, service) && _writers[key.Kind] != service)
            world.Break(OneWriter, $"{process.Name} wrote {key.Kind} {key.Id}, which is {_writers[key.Kind]}'s");
        else if (service == "scheduler" && process != _holder)
            world.Break(OneWriter, $"{process.Name} wrote {key.Kind} {key.Id}, but {_holder?.Name} has taken the grid over");
    }

    private void Put(DocumentPut put)
    {
        var kind = put.Key.Kind;
        if (kind == StateKeys.Instance.Name)
            Put(Read(StateKeys.Instance, put));
        else if (kind == StateKeys.Observed.Name)
            Observed[put.Key.Id] = Read(StateKeys.Observed, put);
        else if (kind == StateKeys.ServiceDeploy.Name)
            Put(Read(StateKeys.ServiceDeploy, put));
        else if (kind == StateKeys.StackDeploy.Name)
            Put(Read(StateKeys.StackDeploy, put));
        else if (kind == StateKeys.Service.Name)
            Put(Read(StateKeys.Service, put), put.Key.Id);
        else if (kind == StateKeys.Stack.Name)
            Put(Read(StateKeys.Stack, put));
        else if (kind == StateKeys.Node.Name)
            Nodes[put.Key.Id] = Read(StateKeys.Node, put);
        else if (kind == StateKeys.NodeLiveness.Name)
            Put(Read(StateKeys.NodeLiveness, put));
        else if (kind == StateKeys.ServiceRun.Name)
            Runs.Put(Read(StateKeys.ServiceRun, put));
        else if (kind == StateKeys.ScheduleState.Name)
            Runs.Put(Read(StateKeys.ScheduleState, put));
    }

    private void Put(Instance now)
    {
        if (_generations.TryGetValue(now.Id, out var before) && now.Generation < before)
            world.Break(Forward, $"generation of instance {now.Id} goes from {before} to {now.Generation}");
        if (now.Departures.FirstOrDefault(one => one.Generation > now.Generation) is { } newer)
            world.Break(Forward, $"instance {now.Id} is at generation {now.Generation}, but {newer.Node} is told to let go of generation {newer.Generation}");
        _generations[now.Id] = now.Generation;
        Instances[now.Id] = now;
    }

    private void Put(ServiceDeploy now)
    {
        var ended = now.State is DeployState.Success or DeployState.Error;
        if (Deploys.TryGetValue(now.Id, out var before))
        {
            if (before.State is DeployState.Success or DeployState.Error && before != now)
                world.Break(Forward, $"deploy {now.Id} was over with {before.State} and is changed to {now.State}");
            else if (now.State < before.State)
                world.Break(Forward, $"deploy {now.Id} goes from {before.State} to {now.State}");
        }

        if (now is { State: DeployState.Error, Reason: null or "" })
            world.Break("an error names its cause", $"deploy {now.Id} of {now.Service} failed without a reason");
        if (ended && (before is null || before.State is DeployState.Created or DeployState.Ongoing))
        {
            DeploysEnded++;
            MovesEnded += now.Moves.Count;
        }

        if (now.State == DeployState.Success && before?.State != DeployState.Success)
            _succeeded.Add(now);
        Deploys[now.Id] = now;
        if (ended)
            Unfinished.Remove(now.Id);
        else
            Unfinished[now.Id] = now;
    }

    private void Put(StackDeploy now)
    {
        if (StackDeploys.TryGetValue(now.Id, out var before) && before.State is DeployState.Success or DeployState.Error && before.State != now.State)
            world.Break(Forward, $"stack deploy {now.Id} was over with {before.State} and is changed to {now.State}");
        StackDeploys[now.Id] = now;
    }

    private void Put(Service now, string id)
    {
        if (Services.TryGetValue(id, out var before) && before.Uid == now.Uid)
        {
            if (now.Revision < before.Revision)
                world.Break(Forward, $"revision of service {id} goes from {before.Revision} to {now.Revision}");
            if (before.RemovedAt is not null && now.RemovedAt is null)
                world.Break(Forward, $"service {id} was removed and is back");
        }

        if (now.RemovedAt is not null)
            RemovedServices.Add(now.Uid);
        Services[id] = now;
    }

    private void Put(Stack now)
    {
        if (Stacks.TryGetValue(now.Name, out var before) && before.Uid == now.Uid && now.Revision < before.Revision)
            world.Break(Forward, $"revision of stack {now.Name} goes from {before.Revision} to {now.Revision}");
        Stacks[now.Name] = now;
    }

    private void Put(NodeLiveness now)
    {
        if (now.State == LivenessState.Offline && Liveness.GetValueOrDefault(now.Node)?.State != LivenessState.Offline)
            SilenceCheck.WentOffline(world, now);
        Liveness[now.Node] = now;
    }

    private void Delete(DocumentKey key)
    {
        if (key.Kind == StateKeys.Service.Name && Services.Remove(key.Id, out var service) && service.RemovedAt is null)
            world.Break("nothing is deleted by absence", $"service {key.Id} was deleted without a removal");
        // With its service everything of it goes, and what was under way has ended in that moment.
        if (key.Kind == StateKeys.ServiceDeploy.Name && Deploys.Remove(key.Id, out var deploy) && Unfinished.Remove(key.Id)
            && !RemovedServices.Contains(deploy.ServiceUid))
        {
            world.Break("deploys end", $"deploy {deploy.Id} of {deploy.Service} was deleted before it ended");
        }

        if (key.Kind == StateKeys.Instance.Name)
            Instances.Remove(key.Id);
        else if (key.Kind == StateKeys.Observed.Name)
            Observed.Remove(key.Id);
        else if (key.Kind == StateKeys.StackDeploy.Name)
            StackDeploys.Remove(key.Id);
        else if (key.Kind == StateKeys.Stack.Name)
            Stacks.Remove(key.Id);
        else if (key.Kind == StateKeys.Node.Name)
            Nodes.Remove(key.Id);
        else if (key.Kind == StateKeys.NodeLiveness.Name)
            Liveness.Remove(key.Id);
        else if (key.Kind == StateKeys.ServiceRun.Name)
            Runs.Delete(key.Id);
    }

    private static T Read<T>(DocumentKind<T> kind, DocumentPut put)
        where T : class => JsonSerializer.Deserialize(put.Json, kind.Json)!;
}
