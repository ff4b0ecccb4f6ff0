using System.Globalization;
using System.Text.Json.Nodes;
using Kontena.Api.Http;
using Kontena.Api.Snapshots;
using Kontena.Contracts.Http;
using Kontena.Contracts.Placement;

namespace Kontena.Api.Placement;

/// <summary>Why instances are where they are, and what losing or adding nodes would do. The original has neither.</summary>
internal static class PlacementEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/services/{grid}/{stack}/{service}/explain", ExplainAsync).WithTags("services").Produces<PlacementExplained>()
            .WithSummary("Why its instances are where they are, or find no node; ?instance=N for one");
        routes.MapGet("/v1/grids/{grid}/simulation", SimulateAsync).WithTags("grids").Produces<GridSimulated>()
            .WithSummary("What losing nodes (?lose=NAME or LABEL, repeated) or adding some (?add=N&label=L) would do");
    }

    private static async Task<IResult> ExplainAsync(
        string grid, string stack, string service, HttpContext http, Commands commands, SnapshotReader reader, CancellationToken cancellationToken)
    {
        await reader.GridAsync(grid, cancellationToken);
        await reader.ServiceAsync(grid, stack, service, cancellationToken);
        var instance = Number(http, "instance", 1, int.MaxValue);
        var question = new ExplainPlacement { Grid = grid, Stack = stack, Service = service, Instance = instance };
        var answer = await commands.AskSchedulerAsync<ExplainPlacement, PlacementExplained>(grid, question, cancellationToken);
        if (!answer.Found)
            throw HttpRefusal.NotFound();
        if (instance is not null && answer is { Problem: null, Instances.Count: 0 })
            throw HttpRefusal.Invalid("instance", $"Instance {instance} is not planned: {answer.Placed} of {answer.Wanted} instances are");
        return Reply.Ok(answer, KontenaResponseJson.Wire.PlacementExplained);
    }

    private static async Task<IResult> SimulateAsync(
        string grid, HttpContext http, Commands commands, SnapshotReader reader, CancellationToken cancellationToken)
    {
        await reader.GridAsync(grid, cancellationToken);
        var question = new SimulateGrid
        {
            Grid = grid,
            Lose = [.. http.Request.Query["lose"].OfType<string>().Where(one => one.Length > 0).Take(1000)],
            Add = Number(http, "add", 0, 1000) ?? 0,
            Labels = [.. http.Request.Query["label"].OfType<string>().Where(one => one.Length > 0).Take(100)],
        };
        var answer = await commands.AskSchedulerAsync<SimulateGrid, GridSimulated>(grid, question, cancellationToken);
        if (!answer.Found)
            throw HttpRefusal.NotFound();
        if (answer.Mistakes.Count > 0)
            throw HttpRefusal.Invalid(new JsonObject { ["lose"] = string.Join("; ", answer.Mistakes) });
        return Reply.Ok(answer, KontenaResponseJson.Wire.GridSimulated);
    }

    private static int? Number(HttpContext http, string name, int least, int most)
    {
        if (http.Request.Query[name] is not [{ Length: > 0 } text])
            return null;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw HttpRefusal.Invalid(name, $"{name} must be a number from {least} to {most}");
    }
}
