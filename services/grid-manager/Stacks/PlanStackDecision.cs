using Kontena.Contracts.Commands;
using Kontena.Contracts.Services;
using Kontena.Contracts.Stacks;
using Kontena.Core.Services;
using Kontena.Core.Stacks;
using Kontena.GridManager.Decisions;

namespace Kontena.GridManager.Stacks;

/// <summary>What installing or upgrading a stack would change: the readings that the change itself makes, compared with what is there. Commits nothing.</summary>
internal static class PlanStackDecision
{
    public static Decision<StackPlanned> Decide(GridSnapshot grid, PlanStack command, DateTimeOffset now)
    {
        var request = command.Request with { Name = command.Stack, Plan = null };
        if (grid.Stack(command.Stack) is null)
        {
            return CreateStackDecision.Read(grid, request, out var mistakes) is { } services
                ? Plan(grid, command, request, stack: null, services, now)
                : Refused(CommandResult.Refused(mistakes));
        }

        if (StackTexts.Obstacle(grid, command.Stack, out var stack) is { } obstacle)
            return Refused(obstacle);
        var reading = StackReadings.Revision(grid, command.Stack, request);
        return reading.Services is null
            ? Refused(CommandResult.Refused(reading.Errors))
            : Plan(grid, command, request, stack.Value, reading.Services, now);
    }

    public static StackPlanned Missing(string what) => new() { Result = CommandResult.NotFound(what) };

    private static Decision<StackPlanned> Plan(
        GridSnapshot grid, PlanStack command, StackRequest request, Stack? stack, IReadOnlyList<ReadService> services, DateTimeOffset now)
    {
        var wanted = StackRevisions.From(request, request.Labels ?? stack?.Latest.Labels ?? [], now);
        var revision = stack?.Revision ?? 0;
        var kept = services.Select(one => one.Name).ToHashSet(StringComparer.Ordinal);
        var state = PlanDrift.StateOf(grid, command.Stack);
        return new(new StackPlanned
        {
            Result = CommandResult.Done(),
            Revision = revision,
            NextRevision = stack is null || !StackRevisions.SameContent(wanted, stack.Latest) ? revision + 1 : revision,
            Fields = stack is null ? [] : SpecChanges.Of(stack.Latest, wanted),
            Services =
            [
                .. services.Select(one => Change(grid.Service(command.Stack, one.Name)?.Value, one)),
                .. grid.LiveServicesOf(command.Stack).Select(one => one.Value.Name).Where(name => !kept.Contains(name)).Order(StringComparer.Ordinal)
                    .Select(name => new ServiceChange(name, "remove", [], null)),
            ],
            Token = new PlanToken(PlanState.OfRequest(request), state, grid.Nodes.Count, grid.LiveServices.Count(), now).ToString(),
            State = state.ToString(),
        });
    }

    private static ServiceChange Change(Service? current, ReadService wanted)
    {
        if (current is null)
            return new ServiceChange(wanted.Name, "create", SpecChanges.OfNew(wanted.Spec), wanted.Spec);
        var fields = SpecChanges.Of(current.Spec, wanted.Spec);
        var change = !ServiceSpecReader.Same(current.Spec, wanted.Spec) ? "update" : current.State == ServiceState.Running ? "none" : "start";
        return new ServiceChange(wanted.Name, change, fields, wanted.Spec);
    }

    private static Decision<StackPlanned> Refused(CommandResult result) => new(new StackPlanned { Result = result });
}
