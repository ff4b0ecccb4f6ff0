using Kontena.Contracts.Commands;
using Kontena.Contracts.Services;
using Kontena.Contracts.Stacks;
using Kontena.GridManager.Decisions;
using Kontena.State;

namespace Kontena.GridManager.Stacks;

/// <summary>Stores a new revision; creates services that are new and leaves the others until it is applied (rest-api.md §11.3).</summary>
internal static class UpdateStackDecision
{
    public static Decision<CommandResult> Decide(GridSnapshot grid, UpdateStack command, DateTimeOffset now, Func<string> newId)
    {
        if (StackTexts.Obstacle(grid, command.Stack, out var found) is { } obstacle)
            return new(obstacle);
        var reading = StackReadings.Revision(grid, command.Stack, command.Request);
        if (reading.Services is null)
            return Decision.Refused(reading.Errors);

        var stack = found.Value;
        var wanted = StackRevisions.From(command.Request, command.Request.Labels ?? stack.Latest.Labels, now);
        var changed = !StackRevisions.SameContent(wanted, stack.Latest);
        var draft = new GridDraft(command.Grid);
        var updated = stack with
        {
            Revision = stack.Revision + (changed ? 1 : 0),
            Latest = changed ? wanted : stack.Latest with { Labels = wanted.Labels, Metadata = wanted.Metadata },
        };
        if (changed || !stack.Latest.Labels.SequenceEqual(wanted.Labels) || stack.Latest.Metadata?.GetRawText() != wanted.Metadata?.GetRawText())
            draft.Put(StateKeys.Stack, updated, found.Version, $"stack {command.Stack} updated, revision {updated.Revision}");
        foreach (var service in reading.Services.Where(service => grid.Service(command.Stack, service.Name) is null))
            CreateStackDecision.Create(draft, command.Grid, command.Stack, service, ServiceState.Initialized, updated.Revision, now, newId);
        return Decision.Done(draft);
    }
}
