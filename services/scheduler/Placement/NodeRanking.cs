using System.Buffers;
using Kontena.Scheduler.Placement.Strategies;

namespace Kontena.Scheduler.Placement;

/// <summary>The nodes that take a newcomer of the service, the best at hand: looked at once, then kept in order while instances are
/// given to them.</summary>
/// <remarks>A heap of nodes for each zone and a heap of the zones: an instance more changes the rank of its own node and of its zone, and
/// of nothing else. What an instance that comes from somewhere may do beyond a newcomer is asked for those few nodes alone.</remarks>
internal sealed class NodeRanking : IDisposable
{
    private readonly PlacementRun _run;
    private readonly PlacementQuery _newcomer;
    private readonly Zones? _zones;
    private readonly NodeRank[] _ranks; // zone left out: it is kept in _zoneLoads
    private readonly int[] _zoneLoads;
    private readonly IndexedHeap[] _nodesOf;
    private readonly IndexedHeap _best;

    public NodeRanking(PlacementRun run)
    {
        _run = run;
        _newcomer = run.Query(PlacementQuery.Newcomer);
        var nodes = run.Board.Scene.Nodes;
        _zones = run.SpreadKey is { } key ? run.Board.Scene.ZonesBy(key) : null;
        var zones = _zones?.Names.Count ?? 1;

        _zoneLoads = new int[zones];
        if (_zones is not null)
        {
            foreach (var (node, count) in run.Board.Choices)
                _zoneLoads[_zones.Of(node)] += count;
        }

        _ranks = ArrayPool<NodeRank>.Shared.Rent(nodes.Count);
        var positions = NotThere(nodes.Count);
        _nodesOf = new IndexedHeap[zones];
        for (var zone = 0; zone < zones; zone++)
            _nodesOf[zone] = new IndexedHeap(positions, (one, other) => _ranks[one].CompareTo(_ranks[other]));
        foreach (var node in run.IsPersonal ? [] : nodes)
        {
            if (!run.Admits(_newcomer, node))
                continue;
            _ranks[node.Index] = RankInZone(_newcomer, node);
            _nodesOf[ZoneOf(node)].Append(node.Index);
        }

        _best = new IndexedHeap(NotThere(zones), (one, other) => TopOf(one).CompareTo(TopOf(other)));
        for (var zone = 0; zone < zones; zone++)
        {
            _nodesOf[zone].Settle();
            if (_nodesOf[zone].Count > 0)
                _best.Place(zone);
        }
    }

    /// <summary>The best node for the instance; null when none may take it.</summary>
    public Candidate? Best(PlacementQuery query)
    {
        if (_run.IsPersonal)
            return BestOf(query, _run.Board.Scene.Nodes);

        var familiar = query.Familiar();
        foreach (var node in familiar)
            Leave(node);
        var best = BestOf(query, familiar);
        if (_best.Count > 0 && (best is null || TopOf(_best.Top).CompareTo(RankOf(query, best)) < 0))
            best = _run.Board.Scene.Nodes[_nodesOf[_best.Top].Top];
        foreach (var node in familiar)
            Refresh(node);
        return best;
    }

    /// <summary>The node was given an instance.</summary>
    public void Taken(Candidate node)
    {
        if (_zones is not null)
            _zoneLoads[_zones.Of(node)]++;
        if (!_run.IsPersonal)
            Refresh(node);
    }

    /// <summary>How good the node is for the instance, whether it may take it or not.</summary>
    public NodeRank RankOf(PlacementQuery query, Candidate node) => RankInZone(query, node) with { Zone = _zoneLoads[ZoneOf(node)] };

    public void Dispose() => ArrayPool<NodeRank>.Shared.Return(_ranks);

    private Candidate? BestOf(PlacementQuery query, IReadOnlyList<Candidate> nodes)
    {
        Candidate? best = null;
        var rank = default(NodeRank);
        foreach (var node in nodes)
        {
            if (!_run.Admits(query, node))
                continue;
            var its = RankOf(query, node);
            if (best is null || its.CompareTo(rank) < 0)
                (best, rank) = (node, its);
        }

        return best;
    }

    private void Leave(Candidate node)
    {
        var zone = ZoneOf(node);
        _nodesOf[zone].Remove(node.Index);
        Settle(zone);
    }

    private void Refresh(Candidate node)
    {
        var zone = ZoneOf(node);
        if (_run.Admits(_newcomer, node))
        {
            _ranks[node.Index] = RankInZone(_newcomer, node);
            _nodesOf[zone].Place(node.Index);
        }
        else
        {
            _nodesOf[zone].Remove(node.Index);
        }

        Settle(zone);
    }

    private void Settle(int zone)
    {
        if (_nodesOf[zone].Count > 0)
            _best.Place(zone);
        else
            _best.Remove(zone);
    }

    private int ZoneOf(Candidate node) => _zones?.Of(node) ?? 0;

    private NodeRank TopOf(int zone) => _ranks[_nodesOf[zone].Top] with { Zone = _zoneLoads[zone] };

    private NodeRank RankInZone(PlacementQuery query, Candidate node) =>
        new(_run.IsAvoided(node) ? 1 : 0, SoftAffinity.Missed(query, node), 0, _run.Strategy.Score(_run.Board, node), node.Index);

    private static int[] NotThere(int length)
    {
        var positions = new int[length];
        Array.Fill(positions, -1);
        return positions;
    }
}
