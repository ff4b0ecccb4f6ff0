using Kontena.Contracts.Commands;
using Kontena.Contracts.Vault;
using Kontena.GridManager.Decisions;
using Kontena.State;

namespace Kontena.GridManager.Vault;

/// <summary>A secret goes with its value.</summary>
internal static class DeleteSecretDecision
{
    public static Decision<CommandResult> Decide(GridSnapshot grid, DeleteSecret command)
    {
        if (grid.Secret(command.Name) is not { } found)
            return Decision.NotFound("Not found");
        var draft = new GridDraft(command.Grid);
        draft.Drop(StateKeys.Secret, command.Name, found.Version, $"secret {command.Name} deleted");
        return Decision.Done(draft);
    }
}
