namespace Kontena.Scheduler.Placement.Filters;

/// <summary>The memory that all instances on a node reserve stays within what it has. What reserves none is not counted.</summary>
internal sealed class MemoryFilter : IPlacementFilter
{
    public bool Admits(PlacementQuery query, Candidate node) =>
        query.Board.Need.Memory <= 0
        || IsGranted(query, node)
        || query.Board.Need.Memory <= query.Board.FreeMemory(node);

    public Exclusion? Exclude(PlacementQuery query, Candidate node)
    {
        if (Admits(query, node))
            return null;
        var need = Quantities.Memory(query.Board.Need.Memory);
        var free = Quantities.Memory(Math.Max(0, query.Board.FreeMemory(node)));
        return new Exclusion("memory", $"lacking {need} of memory", $"{free} of {Quantities.Memory(node.Node.Facts!.MemoryTotal)} are not reserved, {need} needed",
            query.Board.MemoryIsSeen
                ? $"say what it needs (deploy.reservations.memory; {need} is what it was seen to use and a quarter more) or add a node with {need} free"
                : $"reserve less memory than {need} (deploy.reservations.memory, else the limit) or add a node with {need} free");
    }

    // It is not moved because facts changed around it.
    private static bool IsGranted(PlacementQuery query, Candidate node) =>
        query.Number > 0 && query.IsHome(node) && query.Current is { Spec: not null } current
        && (query.Board.MemoryIsSeen || Reservation.Of(current).Memory >= query.Board.Need.Memory);
}
