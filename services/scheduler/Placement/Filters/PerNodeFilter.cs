namespace Kontena.Scheduler.Placement.Filters;

/// <summary>No more instances of the service on one node than it says (<c>deploy.max_per_node</c>), or than its strategy runs on each.</summary>
internal sealed class PerNodeFilter : IPlacementFilter
{
    public bool Admits(PlacementQuery query, Candidate node) => query.Board.CountOn(node) < Limit(query);

    public Exclusion? Exclude(PlacementQuery query, Candidate node)
    {
        if (Admits(query, node))
            return null;
        var limit = Limit(query);
        return new Exclusion("per-node", $"holding {limit} already", $"{query.Board.CountOn(node)} of {limit} per node",
            query.Strategy.PerNode ? "add a node or raise the instances per node" : "add a node or raise deploy.max_per_node");
    }

    private static int Limit(PlacementQuery query)
    {
        var most = query.Board.Spec.MaxPerNode ?? int.MaxValue;
        return query.Strategy.PerNode ? Math.Min(query.Board.Spec.Instances, most) : most;
    }
}
