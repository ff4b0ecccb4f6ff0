using Kontena.Api.Http;
using Kontena.Api.Snapshots;
using Kontena.Contracts.Http;
using Kontena.Contracts.Placement;
using Kontena.Contracts.Services;
using Kontena.Contracts.Stacks;

namespace Kontena.Api.Stacks;

/// <summary>What a change of a stack would do: grid-manager says what would change, the scheduler where it would land. The original has no such thing.</summary>
internal static class StackPlanning
{
    /// <summary>Both are asked again until they speak of the same grid: news of a change reaches the scheduler within milliseconds.</summary>
    private const int Attempts = 20;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    public static async Task<IResult> PlanAsync(
        string grid, string stack, HttpContext http, Commands commands, SnapshotReader reader, TimeProvider time, CancellationToken cancellationToken)
    {
        await reader.GridAsync(grid, cancellationToken);
        if (stack == Service.NoStack)
            throw HttpRefusal.Invalid("stack", "The stack null holds services without a stack; it can't be changed as one");
        var request = await StackEndpoints.ReadAsync(http);
        for (var attempt = 1; attempt <= Attempts; attempt++)
        {
            var planned = await commands.PlanStackAsync(new PlanStack { Grid = grid, Stack = stack, Request = request }, cancellationToken);
            var question = new PlanPlacement
            {
                Grid = grid, Stack = stack,
                Services = [.. planned.Services.Select(one => new ProposedService(one.Name, one.Spec, one.Change == "update"))],
            };
            var placed = await commands.AskSchedulerAsync<PlanPlacement, PlacementPlanned>(grid, question, cancellationToken);
            if (!placed.Found)
                throw HttpRefusal.NotFound();
            // The token stands for what is shown, so both halves must rest on the same.
            if (placed.State == planned.State)
                return Reply.Ok(Render(stack, planned, placed), KontenaResponseJson.Wire.StackPlanJson);
            await Task.Delay(Pause, time, cancellationToken);
        }

        throw HttpRefusal.Away($"Grid {grid} keeps changing, so that no plan holds long enough to be shown; try again in a moment");
    }

    private static StackPlanJson Render(string stack, StackPlanned planned, PlacementPlanned placed)
    {
        var landing = placed.Services.ToDictionary(one => one.Name, StringComparer.Ordinal);
        return new StackPlanJson
        {
            Name = stack,
            Token = planned.Token,
            Revision = planned.Revision,
            NextRevision = planned.NextRevision,
            Fields = planned.Fields,
            Services =
            [
                .. planned.Services.Select(one => (Change: one, There: landing[one.Name])).Select(one => new StackPlanServiceJson(
                    one.Change.Name, one.Change.Change, one.Change.Fields, one.There.Problem, one.There.Counts, one.There.Instances)),
            ],
        };
    }
}
