using Kontena.Contracts.Commands;
using Kontena.Contracts.Stacks;
using Kontena.GridManager.Decisions;
using Kontena.GridManager.Services;
using Kontena.State;

namespace Kontena.GridManager.Stacks;

/// <summary>Marks a stack and its services removed, unless another stack links into it (rest-api.md §11.4).</summary>
internal static class RemoveStackDecision
{
    public static Decision<CommandResult> Decide(GridSnapshot grid, RemoveStack command, DateTimeOffset now)
    {
        if (grid.Stack(command.Stack) is { Value.RemovedAt: not null })
            return Decision.Unchanged();
        if (StackTexts.Obstacle(grid, command.Stack, out var found) is { } obstacle)
            return new(obstacle);
        var linking = grid.LiveServicesOf(command.Stack)
            .SelectMany(service => ServiceLinks.To(grid, command.Stack, service.Value.Name, only: other => other.Stack != command.Stack))
            .Distinct(StringComparer.Ordinal)
            .ToList();
        if (linking.Count > 0)
            return Decision.Refused("service", $"Cannot delete service that is linked from another stack ({string.Join(", ", linking)})");

        var draft = new GridDraft(command.Grid);
        // Nobody would tell when the last of no services is gone.
        if (grid.Services.All(service => service.Value.Stack != command.Stack))
            draft.Delete(StateKeys.Stack, command.Stack, found.Version, $"stack {command.Stack} removed");
        else
            draft.Put(StateKeys.Stack, found.Value with { RemovedAt = now }, found.Version, $"stack {command.Stack} is to be removed");
        foreach (var service in grid.LiveServicesOf(command.Stack))
        {
            draft.Put(StateKeys.Service, service.Value with { RemovedAt = now, UpdatedAt = now }, service.Version,
                $"service {command.Stack}/{service.Value.Name} is to be removed with its stack");
        }

        return Decision.Done(draft);
    }
}
