using Kontena.Contracts.Instances;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Services;

namespace Kontena.Scheduler.Placement;

/// <summary>What placement looks at: the grid's nodes by number and what lies on each of them.</summary>
internal sealed class PlacementScene
{
    private readonly Dictionary<string, List<Occupant>> _byNode = new(StringComparer.Ordinal);

    public PlacementScene(
        IEnumerable<Node> nodes, Func<string, NodeLiveness?> liveness, IReadOnlyList<string> defaultAffinity, IEnumerable<Instance> instances)
    {
        Nodes = [.. nodes.OrderBy(node => node.Number).Select(node => new Candidate(node, liveness(node.Name)))];
        DefaultAffinity = defaultAffinity;
        foreach (var instance in instances)
        {
            if (instance is { Node: { } node, Desired: not DesiredState.Removed })
                Add(new Occupant(node, instance, Leaving: false));
            // Found by machine: another one may have joined under the name since, and holds nothing of it.
            foreach (var departure in instance.Departures)
            {
                if (ByNodeId(departure.NodeId) is { } left)
                    Add(new Occupant(left.Name, instance, Leaving: true));
            }
        }
    }

    /// <summary>Ordered by node number: the last tie-break of every choice.</summary>
    public IReadOnlyList<Candidate> Nodes { get; }

    /// <summary>Used by services that have no affinity of their own; it replaces, it does not add (runtime.md §2.4).</summary>
    public IReadOnlyList<string> DefaultAffinity { get; }

    public IReadOnlyList<Occupant> On(string node) => _byNode.TryGetValue(node, out var occupants) ? occupants : [];

    public bool HasNode(string node) => Nodes.Any(one => one.Name == node);

    /// <summary>The node that is this machine now, whatever it is called.</summary>
    public Candidate? ByNodeId(string nodeId) => Nodes.FirstOrDefault(one => one.Node.NodeId == nodeId);

    private void Add(Occupant occupant)
    {
        if (!_byNode.TryGetValue(occupant.Node, out var occupants))
            _byNode[occupant.Node] = occupants = [];
        occupants.Add(occupant);
    }
}

/// <summary>A node with what is believed of its liveness.</summary>
internal sealed record Candidate(Node Node, NodeLiveness? Liveness)
{
    public string Name => Node.Name;

    public LivenessState State => Liveness?.State ?? LivenessState.Offline;

    public bool IsOnline => State == LivenessState.Online;

    /// <summary>The spread key of the ha strategy (runtime.md §1.7).</summary>
    public string Zone => Node.Labels.FirstOrDefault(label => label.StartsWith("az=", StringComparison.Ordinal)) ?? "az=default";

    /// <summary>Since when it has been away; null while it is not.</summary>
    public DateTimeOffset? AwaySince =>
        State == LivenessState.Offline ? Liveness?.DisconnectedAt ?? Liveness?.LastSeenAt ?? Node.UpdatedAt : null;

    public Candidate IfOnline() => this with { Liveness = Liveness! with { State = LivenessState.Online } };

    public bool AwayLongerThan(TimeSpan grace, DateTimeOffset now) => AwaySince is { } since && now - since > grace;
}

/// <summary>An instance on a node; while it leaves it still holds its ports and memory.</summary>
internal sealed record Occupant(string Node, Instance Instance, bool Leaving)
{
    public InstanceSpec? Spec => Instance.Spec;

    public string Name => Spec?.Name ?? InstanceSpecs.InstanceNames.Container(Instance.Stack, Instance.Service, Instance.Number);

    public IReadOnlyList<PortMapping> Ports => Spec?.Ports ?? [];
}
