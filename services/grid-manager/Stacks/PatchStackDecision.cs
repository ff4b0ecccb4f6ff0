using Kontena.Contracts.Commands;
using Kontena.Contracts.Stacks;
using Kontena.Core.Services;
using Kontena.Core.Stacks;
using Kontena.GridManager.Decisions;
using Kontena.State;

namespace Kontena.GridManager.Stacks;

/// <summary>Labels alone; no new revision.</summary>
internal static class PatchStackDecision
{
    public static Decision<CommandResult> Decide(GridSnapshot grid, PatchStack command)
    {
        if (StackTexts.Obstacle(grid, command.Stack, out var found) is { } obstacle)
            return new(obstacle);
        var errors = new FieldErrors();
        StackRequestReader.CheckLabels(command.Labels, errors);
        if (errors.Any)
            return Decision.Refused(errors.Found);
        if (command.Labels is null || command.Labels.SequenceEqual(found.Value.Latest.Labels))
            return Decision.Unchanged();
        var draft = new GridDraft(command.Grid);
        draft.Put(StateKeys.Stack, found.Value with { Latest = found.Value.Latest with { Labels = command.Labels } }, found.Version, $"stack {command.Stack} got new labels");
        return Decision.Done(draft);
    }
}
