using Kontena.Contracts.Services;

namespace Kontena.Scheduler.Placement.Filters;

/// <summary>Data does not go to nodes that may be destroyed at any time (label <c>ephemeral</c>, runtime.md §1.7).</summary>
internal sealed class EphemeralFilter : IPlacementFilter
{
    public bool Concerns(ServiceSpec spec) => spec.Stateful;

    public Exclusion? Exclude(PlacementQuery query, Candidate node)
    {
        if (!query.Board.Spec.Stateful || query.IsHome(node))
            return null;
        var label = node.Node.Labels.FirstOrDefault(
            one => one == "ephemeral" || one.StartsWith("ephemeral=", StringComparison.Ordinal));
        return label is null
            ? null
            : new Exclusion("ephemeral", "ephemeral", $"has label {label} and the service is stateful", "add a node without the label ephemeral");
    }
}
