using Kontena.Contracts.Instances;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Services;
using Kontena.Contracts.Volumes;
using Kontena.Scheduler.InstanceSpecs;
using Kontena.Scheduler.Placement;
using Kontena.Scheduler.Tests.World;
using Kontena.Scheduler.Volumes;

namespace Kontena.Scheduler.Tests.Placement;

/// <summary>Nodes and instances to plan on.</summary>
internal sealed class PlacementBed(IEnumerable<Node> nodes)
{
    private List<Node> _nodes = [.. nodes];

    public PlacementBed(int nodes)
        : this(Enumerable.Range(1, nodes).Select(number => Some.Node(number)))
    {
    }

    public Dictionary<string, NodeLiveness> Liveness { get; } = new(StringComparer.Ordinal);

    public IReadOnlyList<string> DefaultAffinity { get => Rules.DefaultAffinity; init => Rules = Rules with { DefaultAffinity = value }; }

    public SceneRules Rules { get; set; } = new();

    public List<Instance> Instances { get; } = [];

    public List<Volume> Volumes { get; } = [];

    public List<VolumeInstance> VolumeInstances { get; } = [];

    public IReadOnlyList<Node> Nodes => _nodes;

    public void Replace(Func<Node, Node> change) => _nodes = [.. _nodes.Select(change)];

    public PlacementScene Scene() =>
        new(_nodes, name => Liveness.TryGetValue(name, out var known) ? known : Some.Online(name), Rules, Instances)
        {
            Volumes = new VolumePlaces(name => Volumes.Find(one => one.Name == name), () => VolumeInstances),
        };

    public PlacementPlan Plan(Service service) => PlacementPlanner.Plan(
        Scene(), service, Instances, Some.Start.AddHours(1), PlacementSeed.Of(service));

    /// <summary>Numbers of the nodes chosen, for instance 1 on.</summary>
    public IReadOnlyList<int> Place(Service service) =>
        [.. Assert.IsType<PlacementPlan.Placed>(Plan(service)).Assignments.Select(one => one.Node.Number)];

    public PlacementExplanation Refuse(Service service) => Assert.IsType<PlacementPlan.Refused>(Plan(service)).Explanation;

    public PlacementReport Explain(Service service, int? only = null, int most = int.MaxValue) =>
        PlacementPlanner.Explain(Scene(), service, Instances, Some.Start.AddHours(1), PlacementSeed.Of(service), only, most);

    /// <summary>Plans and makes it so.</summary>
    public IReadOnlyList<int> Settle(Service service)
    {
        var assignments = Assert.IsType<PlacementPlan.Placed>(Plan(service)).Assignments;
        Instances.RemoveAll(one => one.ServiceUid == service.Uid);
        Instances.AddRange(assignments.Select(one => new Instance
        {
            Id = $"{service.Uid}-{one.Number}", Grid = "test-grid", Stack = service.Stack, Service = service.Name, ServiceUid = service.Uid,
            Number = one.Number, Node = one.Node.Name, NodeId = one.Node.NodeId, Generation = 1, Desired = DesiredState.Running,
            Spec = InstanceSpecBuilder.Build(service, null, one.Node, one.Number, "r1"),
            Granted = Reservation.Of(service.Spec, Rules.PeakOf(service)).ToGrant(), CreatedAt = Some.Start, UpdatedAt = Some.Start,
        }));
        return [.. assignments.Select(one => one.Node.Number)];
    }
}
