using Kontena.Contracts.Commands;
using Kontena.Contracts.Services;
using Kontena.Contracts.Stacks;
using Kontena.Core.Services;
using Kontena.Core.Stacks;
using Kontena.GridManager.Decisions;
using Kontena.GridManager.Services;
using Kontena.State;

namespace Kontena.GridManager.Stacks;

/// <summary>A stack and all its services, or nothing (rest-api.md §11.3; atomic, unlike the original: §25 row 7).</summary>
internal static class CreateStackDecision
{
    public static Decision<CommandResult> Decide(GridSnapshot grid, CreateStack command, DateTimeOffset now, Func<string> newId)
    {
        var request = command.Request;
        var name = request.Name?.Trim() ?? "";
        if (Read(grid, request, out var mistakes) is not { } services)
            return Decision.Refused(mistakes);

        var draft = new GridDraft(command.Grid);
        draft.Put(StateKeys.Stack, new Stack
        {
            Grid = command.Grid,
            Name = name,
            Uid = newId(),
            Revision = 1,
            Latest = StackRevisions.From(request, request.Labels ?? [], now),
            Parent = (request.Parent is null ? request.ParentName : request.Parent.Name)?.Trim(),
            CreatedAt = now,
        }, expected: 0, $"stack {name} created");
        foreach (var service in services)
            Create(draft, command.Grid, name, service, ServiceState.Initialized, stackRevision: 1, now, newId);
        return Decision.Done(draft, name);
    }

    /// <summary>The services of a new stack, or every mistake.</summary>
    public static IReadOnlyList<ReadService>? Read(GridSnapshot grid, StackRequest request, out IReadOnlyList<FieldError> mistakes)
    {
        var name = request.Name?.Trim() ?? "";
        var errors = new FieldErrors();
        if (grid.Stack(name) is { } taken)
            errors.Say(taken.Value.RemovedAt is null ? $"{name} already exists" : $"{name} is being removed, try again in a moment", "name");
        var reading = StackRequestReader.Read(request, create: true, grid.Around(name), new Dictionary<string, Service>());
        errors.Include(reading.Errors);
        // Services of a stack that is there say nothing new; left-overs of one that is gone do.
        foreach (var left in (grid.Stack(name) is null ? request.Services ?? [] : []).Select(service => grid.Service(name, service?.Name?.Trim() ?? "")).Where(left => left is not null))
            errors.Say(CreateServiceDecision.TakenText(left!.Value), "services", left.Value.Name, "name");
        PlanDrift.Check(grid, name, request, errors);
        mistakes = errors.Found;
        return errors.Any ? null : reading.Services;
    }

    public static void Create(
        GridDraft draft, string grid, string stack, ReadService service, ServiceState state, int stackRevision, DateTimeOffset now, Func<string> newId) =>
        draft.PutRevision(new Service
        {
            Grid = grid,
            Stack = stack,
            Name = service.Name,
            Uid = newId(),
            Spec = service.Spec,
            State = state,
            StackRevision = stackRevision,
            CreatedAt = now,
            UpdatedAt = now,
        }, expected: 0, $"service {stack}/{service.Name} created", "created");
}
