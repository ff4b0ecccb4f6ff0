namespace Kontena.Scheduler.Placement.Filters;

/// <summary>Strategies that count per node never put more than that on one.</summary>
internal sealed class PerNodeFilter : IPlacementFilter
{
    public Exclusion? Exclude(PlacementQuery query, Candidate node)
    {
        if (!query.Strategy.PerNode)
            return null;
        var limit = query.Board.Spec.Instances;
        var there = query.Board.CountOn(node);
        return there < limit
            ? null
            : new Exclusion("per-node", $"holding {limit} already", $"{there} of {limit} per node", "add a node or raise the instances per node");
    }
}
