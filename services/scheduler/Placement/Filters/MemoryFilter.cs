using System.Globalization;

namespace Kontena.Scheduler.Placement.Filters;

/// <summary>The memory that all instances on a node reserve stays within what it has. What reserves none is not counted.</summary>
internal sealed class MemoryFilter : IPlacementFilter
{
    private const long Mega = 1024 * 1024;

    public bool Admits(PlacementQuery query, Candidate node) =>
        query.Board.Need.Memory <= 0
        || IsGranted(query, node)
        || query.Board.Need.Memory <= query.Board.FreeMemory(node);

    public Exclusion? Exclude(PlacementQuery query, Candidate node)
    {
        if (Admits(query, node))
            return null;
        var need = Text(query.Board.Need.Memory);
        var free = Text(Math.Max(0, query.Board.FreeMemory(node)));
        return new Exclusion("memory", $"lacking {need} of memory", $"{free} of {Text(node.Node.Facts!.MemoryTotal)} are not reserved, {need} needed",
            $"lower the memory limit below {need} or add a node with {need} free");
    }

    // It is not moved because facts changed around it.
    private static bool IsGranted(PlacementQuery query, Candidate node) =>
        query.Number > 0 && query.IsHome(node) && query.Current is { Spec: not null } current
        && Reservation.Of(current).Memory >= query.Board.Need.Memory;

    private static string Text(long bytes) => bytes >= Mega
        ? (bytes / (double)Mega).ToString("0.#", CultureInfo.InvariantCulture) + " MB"
        : bytes.ToString(CultureInfo.InvariantCulture) + " bytes";
}
