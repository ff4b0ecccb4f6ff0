using Kontena.Contracts.Commands;
using Kontena.Contracts.Services;
using Kontena.Contracts.Stacks;
using Kontena.Core.Services;
using Kontena.Core.Stacks;
using Kontena.GridManager.Decisions;
using Kontena.State;
using Kontena.State.Documents;

namespace Kontena.GridManager.Stacks;

/// <summary>Makes the services what the latest revision says and sets them running: the first half of a stack deploy (rest-api.md §11.5).</summary>
internal static class ApplyStackRevisionDecision
{
    public static Decision<StackRevisionApplied> Decide(GridSnapshot grid, ApplyStackRevision command, DateTimeOffset now, Func<string> newId)
    {
        if (StackTexts.Obstacle(grid, command.Stack, out var found) is { } obstacle)
            return Refused(obstacle);
        var stack = found.Value;
        var reading = StackReadings.Revision(grid, command.Stack, StackReadings.Request(stack.Latest));
        if (reading.Services is not { } services)
            return Refused(CommandResult.Refused(reading.Errors));

        var draft = new GridDraft(command.Grid);
        foreach (var service in services)
        {
            if (grid.Service(command.Stack, service.Name) is { } existing)
                Update(draft, existing, service, stack.Revision, now);
            else
                CreateStackDecision.Create(draft, command.Grid, command.Stack, service, ServiceState.Running, stack.Revision, now, newId);
        }

        var wanted = services.Select(service => service.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var leaving in grid.LiveServicesOf(command.Stack).Where(one => !wanted.Contains(one.Value.Name)))
        {
            draft.Put(StateKeys.Service, leaving.Value with { RemovedAt = now, UpdatedAt = now }, leaving.Version,
                $"service {command.Stack}/{leaving.Value.Name} is to be removed: revision {stack.Revision} has no such service");
        }

        return new(
            new StackRevisionApplied { Result = CommandResult.Done(), Services = [.. services.Select(service => service.Name)] },
            draft.Batch, draft.Changes) { Events = draft.Events };
    }

    public static StackRevisionApplied Missing(string what) => new() { Result = CommandResult.NotFound(what) };

    private static void Update(GridDraft draft, Versioned<Service> existing, ReadService service, int stackRevision, DateTimeOffset now)
    {
        var current = existing.Value;
        var same = ServiceSpecReader.Same(current.Spec, service.Spec);
        if (same && current.State == ServiceState.Running && current.StackRevision == stackRevision)
            return;
        var updated = current with
        {
            Spec = service.Spec,
            State = ServiceState.Running,
            Revision = current.Revision + (same ? 0 : 1),
            StackRevision = stackRevision,
            UpdatedAt = now,
        };
        var change = $"service {current.Stack}/{current.Name} follows stack revision {stackRevision}, its own is {updated.Revision}";
        if (same)
            draft.Put(StateKeys.Service, updated, existing.Version, change);
        else
            draft.PutRevision(updated, existing.Version, change, $"stack revision {stackRevision}");
    }

    private static Decision<StackRevisionApplied> Refused(CommandResult result) => new(new StackRevisionApplied { Result = result });
}
