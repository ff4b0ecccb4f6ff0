using Kontena.Contracts.Commands;
using Kontena.Contracts.Services;
using Kontena.GridManager.Decisions;
using Kontena.State;

namespace Kontena.GridManager.Services;

/// <summary>Marks a service removed; its document stays until the scheduler says that no container is left.</summary>
internal static class RemoveServiceDecision
{
    public static Decision<CommandResult> Decide(GridSnapshot grid, RemoveService command, DateTimeOffset now)
    {
        if (grid.Service(command.Stack, command.Service) is not { Value.RemovedAt: null } found)
            return Decision.NotFound(ServiceTexts.Missing(command.Grid, command.Stack, command.Service));
        if (ServiceLinks.To(grid, command.Stack, command.Service) is { Count: > 0 } linking)
            return Decision.Refused("service", LinkedText(linking));
        var draft = new GridDraft(command.Grid);
        draft.Put(StateKeys.Service, found.Value with { RemovedAt = now, UpdatedAt = now }, found.Version, $"service {command.Stack}/{command.Service} is to be removed");
        return Decision.Done(draft);
    }

    public static string LinkedText(IReadOnlyList<string> linking) =>
        $"Cannot delete service that is linked to another service ({string.Join(", ", linking)})";
}
