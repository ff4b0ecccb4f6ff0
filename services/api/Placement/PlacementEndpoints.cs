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
    private static readonly QueryParameter Instance =
        new("instance", QueryType.Integer, "Only the instance of this number") { Least = 1, Most = int.MaxValue };
    private static readonly QueryParameter Lose = new("lose", QueryType.Repeated, "A node by name, or all with a label, that would be lost; 1000 at most");
    private static readonly QueryParameter Add = new("add", QueryType.Integer, "How many nodes would be added") { Default = "0", Least = 0, Most = 1000 };
    private static readonly QueryParameter Label = new("label", QueryType.Repeated, "A label of the added nodes; 100 at most");

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/services/{grid}/{stack}/{service}/explain", ExplainAsync)
            .WithFacts("explainPlacement", Need.GridUser).Reads(Instance).Refuses(422, "The number is none, or no such instance is planned")
            .WithTags("services").Produces<PlacementExplained>()
            .WithSummary("Why its instances are where they are, or find no node; ?instance=N for one");
        routes.MapGet("/v1/grids/{grid}/simulation", SimulateAsync)
            .WithFacts("simulateGrid", Need.GridUser).Reads(Lose, Add, Label)
            .Refuses(422, "A node or label that would be lost is not there, or the number is none")
            .WithTags("grids").Produces<GridSimulated>()
            .WithSummary("What losing nodes (?lose=NAME or LABEL, repeated) or adding some (?add=N&label=L) would do");
    }

    private static async Task<IResult> ExplainAsync(
        string grid, string stack, string service, HttpContext http, Commands commands, SnapshotReader reader, CancellationToken cancellationToken)
    {
        await reader.GridAsync(grid, cancellationToken);
        await reader.ServiceAsync(grid, stack, service, cancellationToken);
        var instance = Number(http, Instance);
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
            Lose = [.. Lose.AllOf(http).Take(1000)],
            Add = Number(http, PlacementEndpoints.Add) ?? 0,
            Labels = [.. Label.AllOf(http).Take(100)],
        };
        var answer = await commands.AskSchedulerAsync<SimulateGrid, GridSimulated>(grid, question, cancellationToken);
        if (!answer.Found)
            throw HttpRefusal.NotFound();
        if (answer.Mistakes.Count > 0)
            throw HttpRefusal.Invalid(new JsonObject { ["lose"] = string.Join("; ", answer.Mistakes) });
        return Reply.Ok(answer, KontenaResponseJson.Wire.GridSimulated);
    }

    private static int? Number(HttpContext http, QueryParameter parameter)
    {
        if (parameter.TextOf(http) is not { } text)
            return null;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= parameter.Least && number <= parameter.Most
            ? number
            : throw HttpRefusal.Invalid(parameter.Name, $"{parameter.Name} must be a number from {parameter.Least} to {parameter.Most}");
    }
}
