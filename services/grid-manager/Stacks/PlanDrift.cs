using Kontena.Contracts.Commands;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Services;
using Kontena.Contracts.Stacks;
using Kontena.Core.Services;
using Kontena.Core.Stacks;
using Kontena.GridManager.Decisions;

namespace Kontena.GridManager.Stacks;

/// <summary>Whether a change is still the one that was planned, and if not, what moved (infra/docs/decisions/0028).</summary>
internal static class PlanDrift
{
    /// <summary>Services and nodes that a refusal names.</summary>
    private const int Named = 5;

    public static PlanState StateOf(GridSnapshot grid, string stack) => PlanState.Of(
        grid.Grid, grid.Stack(stack)?.Value, grid.LiveServices.Select(one => one.Value), grid.Nodes.Select(one => one.Value),
        grid.Liveness.Where(one => one.Value.State == LivenessState.Offline).Select(one => one.Value.Node).ToHashSet(StringComparer.Ordinal),
        grid.Volumes.Select(one => one.Value));

    /// <summary>Says what moved; nothing when the request names no plan, or when all is as it was.</summary>
    public static void Check(GridSnapshot grid, string stack, StackRequest request, FieldErrors errors)
    {
        if (request.Plan is not { } text)
            return;
        if (!PlanToken.TryParse(text, out var plan))
        {
            errors.Say("is not the token of a plan; kontena stack plan prints one", "plan");
            return;
        }

        var moved = Moved(grid, stack, request, plan).ToList();
        for (var at = 0; at < moved.Count; at++)
            errors.Say(at < moved.Count - 1 ? moved[at] : $"{moved[at]}; plan again: kontena stack plan", "plan", "[]");
    }

    private static IEnumerable<string> Moved(GridSnapshot grid, string stack, StackRequest request, PlanToken plan)
    {
        var now = StateOf(grid, stack);
        if (PlanState.OfRequest(request) != plan.Request)
            yield return "the file, or a value of its variables, is not the one that was planned";
        if (now.Stack != plan.State.Stack)
        {
            yield return grid.Stack(stack)?.Value switch
            {
                null => $"stack {stack} is gone",
                { RemovedAt: not null } => $"stack {stack} is being removed",
                { Revision: var revision } => $"stack {stack} is at revision {revision} now",
            };
        }

        if (now.Services != plan.State.Services)
            yield return Services(grid, plan);
        if (now.Nodes != plan.State.Nodes)
            yield return Nodes(grid, plan);
        if (now.Rules != plan.State.Rules)
            yield return "the grid's default affinity, quotas or volumes have changed";
    }

    private static string Services(GridSnapshot grid, PlanToken plan)
    {
        var changed = grid.Services.Select(one => one.Value).Where(one => one.UpdatedAt > plan.MadeAt)
            .OrderByDescending(one => one.UpdatedAt)
            .Select(one => one switch
            {
                { RemovedAt: not null } => $"{NameOf(one)} is being removed",
                _ when one.CreatedAt > plan.MadeAt => $"{NameOf(one)} is new",
                _ => $"{NameOf(one)} is at revision {one.Revision} with {one.Spec.Instances} {(one.Spec.Instances == 1 ? "instance" : "instances")}, {one.State.ToString().ToLowerInvariant()}",
            });
        // One that is being removed is named above, not counted.
        var count = grid.Services.Count(one => one.Value.RemovedAt is null || one.Value.UpdatedAt > plan.MadeAt);
        return Told("service", count, plan.Services, [.. changed]);
    }

    private static string Nodes(GridSnapshot grid, PlanToken plan)
    {
        var liveness = grid.Liveness.ToDictionary(one => one.Value.Node, one => one.Value, StringComparer.Ordinal);
        var changed = new List<string>();
        foreach (var node in grid.Nodes.Select(one => one.Value).OrderBy(one => one.Number))
        {
            var seen = liveness.GetValueOrDefault(node.Name);
            if (seen is { State: LivenessState.Offline } && seen.DisconnectedAt > plan.MadeAt)
                changed.Add($"{node.Name} is offline");
            else if (node.CreatedAt > plan.MadeAt)
                changed.Add($"{node.Name} has joined");
            else if (seen is { State: LivenessState.Online } && seen.ConnectedAt > plan.MadeAt)
                changed.Add($"{node.Name} is back");
            else if (node.UpdatedAt > plan.MadeAt)
                changed.Add($"{node.Name} has other labels, another size or availability");
        }

        return Told("node", grid.Nodes.Count, plan.Nodes, changed);
    }

    private static string Told(string what, int now, int planned, List<string> changed)
    {
        if (now < planned)
            changed.Add($"{planned - now} {(planned - now == 1 ? $"{what} is" : $"{what}s are")} gone");
        if (changed.Count == 0)
            return $"the grid's {what}s have changed";
        var more = changed.Count > Named ? $" and {changed.Count - Named} more" : "";
        return string.Join(", ", changed.Take(Named)) + more;
    }

    private static string NameOf(Service service) => service.Stack == Service.NoStack ? service.Name : $"{service.Stack}/{service.Name}";
}
