using Kontena.Contracts.Commands;
using Kontena.Contracts.Services;
using Kontena.Contracts.Stacks;
using Kontena.GridManager.Decisions;
using Kontena.GridManager.Services;

namespace Kontena.GridManager.Stacks;

/// <summary>Start or stop for every service of a stack.</summary>
internal static class SetStackStateDecision
{
    public static Decision<CommandResult> Decide(GridSnapshot grid, SetStackState command, DateTimeOffset now)
    {
        if (StackTexts.Obstacle(grid, command.Stack, out _) is { } obstacle)
            return new(obstacle);
        if (command.State is not (ServiceState.Running or ServiceState.Stopped))
            return Decision.Refused("state", $"a stack can be set to running or stopped, not to {command.State}");
        var draft = new GridDraft(command.Grid);
        foreach (var service in grid.LiveServicesOf(command.Stack))
            SetServiceStateDecision.Change(draft, service.Version, service.Value, service.Value with { State = command.State }, now);
        return Decision.Done(draft);
    }
}
