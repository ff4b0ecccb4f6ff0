using Kontena.Contracts.Commands;
using Kontena.Contracts.Services;
using Kontena.Core.Services;
using Kontena.GridManager.Decisions;
using Kontena.State;

namespace Kontena.GridManager.Services;

/// <summary>A service of no stack (rest-api.md §12.3).</summary>
internal static class CreateServiceDecision
{
    public static Decision<CommandResult> Decide(GridSnapshot grid, CreateService command, DateTimeOffset now, Func<string> newId)
    {
        var request = command.Request with { Name = command.Request.Name?.Trim() };
        var errors = new FieldErrors();
        if (grid.Service(Service.NoStack, request.Name ?? "") is { } taken)
            errors.Say(TakenText(taken.Value), "name");
        var reading = ServiceSpecReader.ReadNew(request, grid.Around(Service.NoStack));
        errors.Include(reading.Errors);
        if (errors.Any)
            return Decision.Refused(errors.Found);

        var draft = new GridDraft(command.Grid);
        draft.PutRevision(new Service
        {
            Grid = command.Grid,
            Stack = Service.NoStack,
            Name = request.Name!,
            Uid = newId(),
            Spec = reading.Spec!,
            State = ServiceState.Initialized,
            CreatedAt = now,
            UpdatedAt = now,
        }, expected: 0, $"service {Service.NoStack}/{request.Name} created", "created");
        return Decision.Done(draft, request.Name);
    }

    /// <summary>A removed service keeps its name until its containers are gone.</summary>
    public static string TakenText(Service taken) =>
        taken.RemovedAt is null ? "is already taken" : $"{taken.Name} is being removed, try again in a moment";
}
