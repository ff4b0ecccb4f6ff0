using Kontena.Contracts.Commands;
using Kontena.Contracts.Registries;
using Kontena.GridManager.Decisions;
using Kontena.State;

namespace Kontena.GridManager.Registries;

/// <summary>A login goes with its password; images that are on nodes stay there.</summary>
internal static class DeleteRegistryDecision
{
    public static Decision<CommandResult> Decide(GridSnapshot grid, DeleteRegistry command)
    {
        if (grid.Registry(command.Name) is not { } found)
            return Decision.NotFound("Not found");
        var draft = new GridDraft(command.Grid);
        draft.Drop(StateKeys.ExternalRegistry, command.Name, found.Version, $"login at registry {command.Name} removed");
        return Decision.Done(draft);
    }
}
