namespace Kontena.Scheduler.Placement.Filters;

/// <summary>Nothing new goes to a node whose disk is too full to pull and to write; what is there stays.</summary>
internal sealed class DiskFilter : IPlacementFilter
{
    public bool Admits(PlacementQuery query, Candidate node) => node.Node.Facts is not { DiskPressure: true } || query.IsHome(node);

    public Exclusion? Exclude(PlacementQuery query, Candidate node) => Admits(query, node)
        ? null
        : new Exclusion("disk", "with a full disk", "its disk is fuller than its agent's high mark, after housekeeping", $"free space on {node.Name}, or enlarge its disk");
}
