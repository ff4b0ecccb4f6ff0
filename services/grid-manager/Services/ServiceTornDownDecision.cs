using Kontena.Contracts.Commands;
using Kontena.Contracts.Services;
using Kontena.GridManager.Decisions;
using Kontena.State;

namespace Kontena.GridManager.Services;

/// <summary>The last container of a removed service is gone: its document goes, and that of a removed stack with its last service.</summary>
internal static class ServiceTornDownDecision
{
    public static Decision<CommandResult> Decide(GridSnapshot grid, ServiceTornDown command)
    {
        // A later service of the same name has another uid: late news must not remove it.
        if (grid.Service(command.Stack, command.Service) is not { } found || found.Value.Uid != command.Uid || found.Value.RemovedAt is null)
            return Decision.Unchanged();

        var draft = new GridDraft(command.Grid);
        draft.Delete(
            StateKeys.Service, Service.DocumentId(command.Stack, command.Service), found.Version, $"service {command.Stack}/{command.Service} removed");
        draft.ForgetRevisions(found.Value);
        var others = grid.Services.Any(one => one.Value.Stack == command.Stack && one.Value.Name != command.Service);
        if (!others && grid.Stack(command.Stack) is { Value.RemovedAt: not null } stack)
            draft.Delete(StateKeys.Stack, command.Stack, stack.Version, $"stack {command.Stack} removed");
        return Decision.Done(draft);
    }
}
