using Kontena.Scheduler.Placement.Filters;

namespace Kontena.Scheduler.Placement.Strategies;

/// <summary>Spreads: the zone with the fewest instances of the service, in it the node with the fewest, of those the one that carries
/// least.</summary>
internal sealed class HaStrategy : IPlacementStrategy
{
    public string Name => "ha";

    public TimeSpan Grace { get; } = TimeSpan.FromSeconds(120);

    public bool PerNode => false;

    public Candidate Choose(PlacementQuery query, IReadOnlyList<Candidate> candidates, ulong seed)
    {
        var board = query.Board;
        var zones = board.Scene.Nodes
            .GroupBy(node => node.Zone, StringComparer.Ordinal)
            .ToDictionary(zone => zone.Key, zone => zone.Sum(node => board.ChosenOn(node.Name).Count), StringComparer.Ordinal);
        return candidates
            .OrderBy(node => zones[node.Zone])
            .ThenBy(node => board.ChosenOn(node.Name).Count)
            .ThenBy(node => MemoryShare(query, node))
            .ThenBy(node => board.LoadOf(node.Name).Instances)
            .ThenBy(node => node.Node.Number)
            .First();
    }

    // In tenths, so that a few megabytes do not outweigh the number of instances.
    private static int MemoryShare(PlacementQuery query, Candidate node)
    {
        var total = node.Node.Facts?.MemoryTotal ?? 0;
        return total <= 0 ? 0 : (int)(query.Board.LoadOf(node.Name).Memory * 10 / total);
    }
}
