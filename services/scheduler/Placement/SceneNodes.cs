using System.Collections.Concurrent;
using Kontena.Contracts.Nodes;

namespace Kontena.Scheduler.Placement;

/// <summary>The nodes of a grid in the order of their numbers, found by name and by machine. Immutable.</summary>
internal sealed class SceneNodes
{
    private readonly Candidate[] _all;
    private readonly Dictionary<string, Candidate> _byName;
    private readonly Dictionary<string, Candidate> _byNodeId = new(StringComparer.Ordinal);

    // Filled when first asked for: the same nodes always fall into the same zones.
    private readonly ConcurrentDictionary<string, Zones> _zones = new(StringComparer.Ordinal);

    public SceneNodes(IEnumerable<Node> nodes, Func<string, NodeLiveness?> liveness)
    {
        _all = [.. nodes.OrderBy(node => node.Number).Select((node, index) => new Candidate(index, node, liveness(node.Name)))];
        _byName = new Dictionary<string, Candidate>(_all.Length, StringComparer.Ordinal);
        foreach (var node in _all)
        {
            _byName.TryAdd(node.Name, node);
            if (node.Node.NodeId is { } nodeId)
                _byNodeId.TryAdd(nodeId, node);
        }
    }

    /// <summary>Ordered by node number: the last tie-break of every choice.</summary>
    public IReadOnlyList<Candidate> All => _all;

    public Candidate? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>The node that is this machine now, whatever it is called.</summary>
    public Candidate? FindMachine(string nodeId) => _byNodeId.GetValueOrDefault(nodeId);

    public Zones ZonesBy(string key) => _zones.GetOrAdd(key, static (by, nodes) => new Zones(by, nodes), _all);

    /// <summary>Whether the same machines stand in the same places under the same names.</summary>
    public bool SamePlaces(SceneNodes other) =>
        _all.Length == other._all.Length
        && _all.Zip(other._all).All(pair => pair.First.Name == pair.Second.Name && pair.First.Node.NodeId == pair.Second.Node.NodeId);
}

/// <summary>Nodes by the value of one label: what is spread over.</summary>
internal sealed class Zones
{
    private readonly int[] _of;

    public Zones(string key, IReadOnlyList<Candidate> nodes)
    {
        var names = new List<string>();
        var known = new Dictionary<string, int>(StringComparer.Ordinal);
        _of = new int[nodes.Count];
        foreach (var node in nodes)
        {
            var name = node.Zone(key);
            if (!known.TryGetValue(name, out var zone))
            {
                known[name] = zone = names.Count;
                names.Add(name);
            }

            _of[node.Index] = zone;
        }

        Names = names;
    }

    /// <summary>Such as <c>az=a1</c>.</summary>
    public IReadOnlyList<string> Names { get; }

    public int Of(Candidate node) => _of[node.Index];
}
