namespace Kontena.Scheduler.Placement.Filters;

/// <summary>The cores that all instances on a node reserve stay within those it has. What reserves none is not counted.</summary>
internal sealed class CpuFilter : IPlacementFilter
{
    public bool Admits(PlacementQuery query, Candidate node) =>
        query.Board.Need.NanoCpus <= 0
        || IsGranted(query, node)
        || query.Board.Need.NanoCpus <= query.Board.FreeNanoCpus(node);

    public Exclusion? Exclude(PlacementQuery query, Candidate node)
    {
        if (Admits(query, node))
            return null;
        var need = Quantities.Cpus(query.Board.Need.Cpus);
        var free = Quantities.Cpus(Math.Max(0, query.Board.FreeNanoCpus(node)) / NodeLoad.Nano);
        return new Exclusion("cpu", $"lacking {need} CPUs", $"{free} of {node.Node.Facts!.Cpus} CPUs are not reserved, {need} needed",
            $"reserve fewer CPUs than {need} (deploy.reservations.cpus, else the limit) or add a node with {need} CPUs free");
    }

    // It is not moved because facts changed around it.
    private static bool IsGranted(PlacementQuery query, Candidate node) =>
        query.Number > 0 && query.IsHome(node) && query.Current is { Spec: not null } current
        && Reservation.Of(current).NanoCpus >= query.Board.Need.NanoCpus;
}
