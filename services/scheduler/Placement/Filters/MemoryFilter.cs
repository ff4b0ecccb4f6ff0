using System.Globalization;

namespace Kontena.Scheduler.Placement.Filters;

/// <summary>The memory limits of all instances on a node stay within its memory. What has no limit is not counted.</summary>
internal sealed class MemoryFilter : IPlacementFilter
{
    private const long Mega = 1024 * 1024;

    public Exclusion? Exclude(PlacementQuery query, Candidate node)
    {
        var need = Reservation.Memory(query.Board.Spec.Memory, query.Board.Spec.MemorySwap);
        var total = node.Node.Facts?.MemoryTotal ?? 0;
        if (need <= 0 || total <= 0)
            return null;
        if (query.Number > 0 && query.IsHome(node) && query.Current?.Spec is { } spec && Reservation.Memory(spec.Memory, spec.MemorySwap) >= need)
            return null; // already granted here; it is not moved because facts changed around it

        var own = query.Board.ChosenOn(node.Name).Count(number => number != query.Number) * need;
        var free = total - query.Board.LoadOf(node.Name).Memory - own;
        return need <= free
            ? null
            : new Exclusion("memory", $"lacking {Text(need)} of memory",
                $"{Text(Math.Max(0, free))} of {Text(total)} are not reserved, {Text(need)} needed",
                $"lower the memory limit below {Text(need)} or add a node with {Text(need)} free");
    }

    private static string Text(long bytes) => bytes >= Mega
        ? (bytes / (double)Mega).ToString("0.#", CultureInfo.InvariantCulture) + " MB"
        : bytes.ToString(CultureInfo.InvariantCulture) + " bytes";
}
