using System.Globalization;

namespace Kontena.Scheduler.Placement.Filters;

/// <summary>The <c>cpus</c> of all instances on a node stay within its cores. What reserves none is not counted.</summary>
internal sealed class CpuFilter : IPlacementFilter
{
    public Exclusion? Exclude(PlacementQuery query, Candidate node)
    {
        var need = query.Board.Spec.Cpus ?? 0;
        var total = node.Node.Facts?.Cpus ?? 0;
        if (need <= 0 || total <= 0)
            return null;
        if (query.Number > 0 && query.IsHome(node) && query.Current?.Spec?.Cpus >= need)
            return null; // already granted here; it is not moved because facts changed around it

        var own = query.Board.ChosenOn(node.Name).Count(number => number != query.Number) * need;
        var free = total - query.Board.LoadOf(node.Name).Cpus - own;
        return need <= free + 0.0001
            ? null
            : new Exclusion("cpu", $"lacking {Text(need)} CPUs", $"{Text(Math.Max(0, free))} of {total} CPUs are not reserved, {Text(need)} needed",
                $"lower cpus below {Text(need)} or add a node with {Text(need)} CPUs free");
    }

    private static string Text(double cpus) => cpus.ToString("0.##", CultureInfo.InvariantCulture);
}
