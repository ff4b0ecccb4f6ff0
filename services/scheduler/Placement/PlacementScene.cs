using Kontena.Contracts.Instances;
using Kontena.Contracts.Nodes;
using Kontena.Scheduler.Volumes;

namespace Kontena.Scheduler.Placement;

/// <summary>What placement looks at: the grid's nodes by number and what lies on each of them. Immutable; a change of a few instances costs
/// as much as those few, whatever the size of the grid.</summary>
internal sealed class PlacementScene
{
    private readonly SceneNodes _nodes;
    private readonly PagedArray<Occupancy> _occupancy;

    public PlacementScene(IEnumerable<Node> nodes, Func<string, NodeLiveness?> liveness, SceneRules rules, IEnumerable<Instance> instances)
        : this(new SceneNodes(nodes, liveness), rules, instances)
    {
    }

    private PlacementScene(SceneNodes nodes, SceneRules rules, IEnumerable<Instance> instances)
        : this(nodes, rules, Move(nodes, PagedArray<Occupancy>.Filled(nodes.All.Count, Occupancy.Empty), instances.Select(one => ((Instance?)null, (Instance?)one))))
    {
    }

    private PlacementScene(SceneNodes nodes, SceneRules rules, PagedArray<Occupancy> occupancy)
    {
        _nodes = nodes;
        _occupancy = occupancy;
        Rules = rules;
    }

    /// <summary>Ordered by node number: the last tie-break of every choice.</summary>
    public IReadOnlyList<Candidate> Nodes => _nodes.All;

    /// <summary>What holds for the whole grid.</summary>
    public SceneRules Rules { get; }

    /// <summary>The grid's volumes and where their data is.</summary>
    public VolumePlaces Volumes { get; init; } = VolumePlaces.None;

    public IReadOnlyList<Occupant> On(string node) => _nodes.Find(node) is { } found ? On(found).All : [];

    public Occupancy On(Candidate node) => _occupancy[node.Index];

    public Candidate? Find(string node) => _nodes.Find(node);

    public bool HasNode(string node) => _nodes.Find(node) is not null;

    /// <summary>The node that is this machine now, whatever it is called.</summary>
    public Candidate? ByNodeId(string nodeId) => _nodes.FindMachine(nodeId);

    public Zones ZonesBy(string key) => _nodes.ZonesBy(key);

    /// <summary>The scene once these instances are no longer as they were: before and after of each, null for one that was not or is no
    /// longer there.</summary>
    /// <param name="changes">What was before is the very value that the scene was given.</param>
    public PlacementScene After(IEnumerable<(Instance? Before, Instance? After)> changes) =>
        new(_nodes, Rules, Move(_nodes, _occupancy, changes)) { Volumes = Volumes };

    public PlacementScene With(SceneRules rules) =>
        ReferenceEquals(rules, Rules) ? this : new PlacementScene(_nodes, rules, _occupancy) { Volumes = Volumes };

    /// <summary>The same nodes and instances with these volumes.</summary>
    public PlacementScene With(VolumePlaces volumes) => new(_nodes, Rules, _occupancy) { Volumes = volumes };

    /// <summary>The same instances under other facts of the nodes.</summary>
    /// <param name="instances">All of them; looked at only when nodes came, went or changed their names.</param>
    public PlacementScene Under(
        IEnumerable<Node> nodes, Func<string, NodeLiveness?> liveness, IEnumerable<Instance> instances)
    {
        var now = new SceneNodes(nodes, liveness);
        return now.SamePlaces(_nodes)
            ? new PlacementScene(now, Rules, _occupancy) { Volumes = Volumes }
            : new PlacementScene(now, Rules, instances) { Volumes = Volumes };
    }

    /// <summary>The nodes on which the instance holds something: where it is, and what it has not yet left.</summary>
    public IEnumerable<(Candidate Node, bool Leaving)> PlacesOf(Instance instance) => Places(_nodes, instance);

    private static PagedArray<Occupancy> Move(
        SceneNodes nodes, PagedArray<Occupancy> occupancy, IEnumerable<(Instance? Before, Instance? After)> changes)
    {
        var draft = occupancy.ToDraft();
        foreach (var (before, after) in changes)
        {
            if (before is not null)
            {
                foreach (var (node, _) in Places(nodes, before))
                    draft[node.Index] = draft[node.Index].Without(before);
            }

            if (after is not null)
            {
                foreach (var (node, leaving) in Places(nodes, after))
                    draft[node.Index] = draft[node.Index].With(new Occupant(node.Name, after, leaving));
            }
        }

        return draft.ToArray();
    }

    private static IEnumerable<(Candidate Node, bool Leaving)> Places(SceneNodes nodes, Instance instance)
    {
        if (instance is { Node: { } name, Desired: not DesiredState.Removed } && nodes.Find(name) is { } node)
            yield return (node, false);
        // Found by machine: another one may have joined under the name since, and holds nothing of it.
        foreach (var departure in instance.Departures)
        {
            if (nodes.FindMachine(departure.NodeId) is { } left)
                yield return (left, true);
        }
    }
}
