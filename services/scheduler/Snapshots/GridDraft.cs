using System.Collections.Immutable;
using Kontena.Contracts.Deploys;
using Kontena.Contracts.Events;
using Kontena.Contracts.Grids;
using Kontena.Contracts.Instances;
using Kontena.Contracts.Jobs;
using Kontena.Contracts.Messaging;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Services;
using Kontena.Contracts.Stacks;
using Kontena.Contracts.Volumes;
using Kontena.Scheduler.Placement;
using Kontena.Scheduler.Volumes;
using Kontena.State;
using Kontena.State.Outbox;

namespace Kontena.Scheduler.Snapshots;

/// <summary>The next state of a grid while it is decided: reads see what was already changed, and everything leaves in one batch.</summary>
/// <remarks>Only values: no store, no clock, no log. Two drafts from the same snapshot and the same inputs are equal.</remarks>
internal sealed class GridDraft(GridSnapshot before)
{
    private readonly List<Action<CommitBatch>> _messages = [];
    private readonly List<string> _notes = [];
    private readonly List<GridEvent> _told = [];
    private Action<CommitBatch>? _events;
    private GridIndex? _index;
    private (int Instances, int Runs) _indexed;
    private ImmutableSortedSet<string>? _openOrders;
    private (int Instances, int Observed) _openOrdersAt;
    private int? _keptUpAt;
    private PlacementScene? _scene;
    private PlacementScene? _sceneOf;
    private VolumePlaces? _places;
    private int _placesAt;

    public string Name => before.Name;

    /// <inheritdoc cref="GridSnapshot.Epoch"/>
    public long Epoch => before.Epoch;

    public Grid? Grid => before.Grid;

    /// <summary>The most memory that each service was seen to use, by its document id: told by nodes, stored nowhere. Set before anything is
    /// placed.</summary>
    public IReadOnlyDictionary<string, long> Peaks { get; set; } = new SceneRules().Peaks;

    public DocumentTable<Node> Nodes => before.Nodes;

    public DocumentTable<NodeLiveness> Liveness => before.Liveness;

    public DocumentTable<Stack> Stacks => before.Stacks;

    public DocumentTable<Service> Services => before.Services;

    public DocumentTable<Volume> Volumes => before.Volumes;

    public DraftTable<Instance> Instances { get; } = new(before.Instances);

    public DraftTable<InstanceObserved> Observed { get; } = new(before.Observed);

    public DraftTable<VolumeInstance> VolumeInstances { get; } = new(before.VolumeInstances);

    public DraftTable<ServiceDeploy> ServiceDeploys { get; } = new(before.ServiceDeploys);

    public DraftTable<StackDeploy> StackDeploys { get; } = new(before.StackDeploys);

    public DraftTable<NodeDrain> Drains { get; } = new(before.Drains);

    public DraftTable<ServiceRun> Runs { get; } = new(before.Runs);

    public DraftTable<ScheduleState> Schedules { get; } = new(before.Schedules);

    /// <summary>What happened, one sentence per change of state, for the log once it is committed.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>Messages that leave with the commit, in order; tests read them.</summary>
    public List<(Destination Destination, object Message)> Outgoing { get; } = [];

    public bool IsEmpty =>
        _messages.Count == 0 && !Instances.IsChanged && !Observed.IsChanged && !VolumeInstances.IsChanged && !ServiceDeploys.IsChanged
        && !StackDeploys.IsChanged && !Drains.IsChanged && !Runs.IsChanged && !Schedules.IsChanged;

    public void Send<T>(Destination destination, T message)
        where T : class
    {
        Outgoing.Add((destination, message));
        _messages.Add(batch => batch.Send(destination, message));
    }

    public void Note(string sentence) => _notes.Add(sentence);

    /// <summary>What is told of the step though no document says it.</summary>
    public IReadOnlyList<GridEvent> Told => _told;

    /// <summary>All that leaves as events, once the step is decided.</summary>
    public IReadOnlyList<GridEvent> Events { get; private set; } = [];

    public void Tell(GridEvent told) => _told.Add(told);

    /// <summary>The last word of a step: its events leave with it.</summary>
    public void TellAll(IReadOnlyList<GridEvent> events, Func<string> newId, DateTimeOffset now)
    {
        Events = events;
        _events = batch => batch.Tell(events, newId, now);
    }

    /// <summary>The service, if it is the one of that creation and not another of the same name.</summary>
    public Service? Service(string stack, string name, string uid) =>
        Services.Find(Contracts.Services.Service.DocumentId(stack, name)) is { } service && service.Uid == uid ? service : null;

    /// <summary>What placement looks at, with all that was placed so far in this draft.</summary>
    public PlacementScene Scene
    {
        get
        {
            var scene = Index.Scene;
            if (_places is null || _placesAt != VolumeInstances.Journal.Count)
                (_places, _placesAt, _scene) = (new VolumePlaces(Volumes.Find, () => VolumeInstances.Values), VolumeInstances.Journal.Count, null);
            if (_scene is null || !ReferenceEquals(_sceneOf, scene))
                (_scene, _sceneOf) = (scene.With(_places), scene);
            return _scene;
        }
    }

    /// <summary>The instances of one creation of a service, parked and leaving ones too, by number.</summary>
    public IReadOnlyList<Instance> InstancesOf(string uid) => Index.ByService.Of(uid);

    /// <summary>Of all creations of services that have instances, in ordinal order.</summary>
    public IEnumerable<string> ServiceUids => Index.ByService.Uids;

    /// <summary>The same value as long as none of the service's instances changes; null when it has none.</summary>
    public object? MarkOf(string uid) => Index.ByService.MarkOf(uid);

    /// <summary>Ids of the instances whose node has not taken up their order, in ordinal order.</summary>
    public ImmutableSortedSet<string> OpenOrders
    {
        get
        {
            var ids = _openOrders ?? before.OpenOrders.Ids;
            var changed = Instances.Journal.Skip(_openOrdersAt.Instances).Select(one => (one.Before ?? one.After)!.Id)
                .Concat(Observed.Journal.Skip(_openOrdersAt.Observed).Select(one => (one.Before ?? one.After)?.InstanceId).OfType<string>());
            _openOrders = Snapshots.OpenOrders.After(ids, changed, Instances.Find, Observed.Find);
            _openOrdersAt = (Instances.Journal.Count, Observed.Journal.Count);
            return _openOrders;
        }
    }

    /// <summary>Uids of the services whose instances have changed since all services were last looked at, in ordinal order; null when all have to be, as services
    /// or nodes have changed.</summary>
    public ImmutableSortedSet<string>? Touched => before.Upkept is { } last
        && ReferenceEquals(last.Services, Services) && ReferenceEquals(last.Nodes, Nodes) && ReferenceEquals(last.Instances, before.Instances)
            ? last.Left.Union(UidsFrom(0))
            : null;

    /// <summary>The services were looked at: what <see cref="Touched"/> said is done.</summary>
    public void KeptUp() => _keptUpAt = Instances.Journal.Count;

    /// <summary>What the instance's own node last said of it.</summary>
    public InstanceObserved? ObservedOf(Instance instance) =>
        instance.Node is null ? null : Observed.Find(InstanceObserved.DocumentId(instance.Node, instance.Id));

    public CommitBatch ToBatch()
    {
        var batch = new CommitBatch(before.Name).Expect(StateKeys.SchedulerEpoch, "epoch", before.Epoch);
        Instances.AddTo(batch);
        Observed.AddTo(batch);
        VolumeInstances.AddTo(batch);
        ServiceDeploys.AddTo(batch);
        StackDeploys.AddTo(batch);
        Drains.AddTo(batch);
        Runs.AddTo(batch);
        Schedules.AddTo(batch);
        foreach (var add in _messages)
            add(batch);
        _events?.Invoke(batch);
        return batch;
    }

    /// <summary>The snapshot once the batch is committed.</summary>
    public GridSnapshot Committed()
    {
        var instances = Instances.Committed();
        var observed = Observed.Committed();
        var runs = Runs.Committed();
        return before with
        {
            Index = Index with { Instances = instances, Runs = runs },
            OpenOrders = new OpenOrders(OpenOrders, instances, observed),
            Upkept = _keptUpAt is { } at ? new Upkept(Services, Nodes, instances, UidsFrom(at)) : before.Upkept,
            Instances = instances,
            Observed = observed,
            VolumeInstances = VolumeInstances.Committed(),
            ServiceDeploys = ServiceDeploys.Committed(),
            StackDeploys = StackDeploys.Committed(),
            Drains = Drains.Committed(),
            Runs = runs,
            Schedules = Schedules.Committed(),
        };
    }

    private ImmutableSortedSet<string> UidsFrom(int position) =>
        [.. Instances.Journal.Skip(position).Select(one => (one.Before ?? one.After)!.ServiceUid)];

    private GridIndex Seeing(GridIndex index) =>
        ReferenceEquals(index.Scene.Rules.Peaks, Peaks) ? index : index with { Scene = index.Scene.With(index.Scene.Rules with { Peaks = Peaks }) };

    // As far as this draft has come; what changed since it was last asked for is made up for now.
    private GridIndex Index
    {
        get
        {
            var index = _index ?? Seeing(before.Index);
            if (_indexed.Instances < Instances.Journal.Count)
                index = index.After([.. Instances.Journal.Skip(_indexed.Instances)]);
            if (_indexed.Runs < Runs.Journal.Count)
                index = index.After([.. Runs.Journal.Skip(_indexed.Runs)]);
            _indexed = (Instances.Journal.Count, Runs.Journal.Count);

            return _index = index;
        }
    }
}
