using Kontena.Api.Http;
using Kontena.Api.Snapshots;
using Kontena.Contracts.Http;
using Kontena.Contracts.Stats;

namespace Kontena.Api.Stats;

/// <summary>What was measured over a stretch of time (rest-api.md §18.2).</summary>
internal static class MetricsEndpoints
{
    private const string NoStretch = "from or to is no time, they are the wrong way round, or too far apart; the error says which";
    private const string TooMuch = "Adding up takes too long: a shorter time, one node or one service is possible";

    public static void Map(IEndpointRouteBuilder routes)
    {
        var metrics = routes.MapGroup("/v1").WithTags("stats");
        metrics.MapGet("/grids/{grid}/metrics", OfGridAsync).WithFacts("showGridMetrics", Need.GridUser).Reads(Stretch.From, Stretch.To)
            .Refuses(422, NoStretch).Refuses(422, TooMuch).Produces<MetricsJson>().WithSummary("What the nodes of a grid measured together, a row a minute");
        metrics.MapGet("/nodes/{grid}/{node}/metrics", OfNodeAsync).WithFacts("showNodeMetrics", Need.GridUser).Reads(Stretch.From, Stretch.To)
            .Refuses(422, NoStretch).Refuses(422, TooMuch).Produces<MetricsJson>().WithSummary("What a node measured, a row a minute");
        metrics.MapGet("/services/{grid}/{stack}/{service}/metrics", OfServiceAsync).WithFacts("showServiceMetrics", Need.GridUser).Reads(Stretch.From, Stretch.To)
            .Refuses(422, NoStretch).Refuses(422, TooMuch).Produces<MetricsJson>().WithSummary("What was measured of a service's containers together, a row a minute");
    }

    private static async Task<IResult> OfGridAsync(
        string grid, HttpContext http, SnapshotReader reader, MetricsReader metrics, TimeProvider time, CancellationToken cancellationToken)
    {
        await reader.GridAsync(grid, cancellationToken);
        var stretch = Stretch.Of(http, time.GetUtcNow());
        return await AnswerAsync(stretch, new QueryMetrics { Grid = grid, From = stretch.Begin, To = stretch.End }, metrics, cancellationToken);
    }

    private static async Task<IResult> OfNodeAsync(
        string grid, string node, HttpContext http, SnapshotReader reader, MetricsReader metrics, TimeProvider time, CancellationToken cancellationToken)
    {
        await reader.GridAsync(grid, cancellationToken);
        var found = await reader.NodeAsync(grid, node, cancellationToken);
        var stretch = Stretch.Of(http, time.GetUtcNow());
        return await AnswerAsync(stretch, new QueryMetrics { Grid = grid, Node = found.Name, From = stretch.Begin, To = stretch.End }, metrics, cancellationToken);
    }

    private static async Task<IResult> OfServiceAsync(
        string grid, string stack, string service, HttpContext http, SnapshotReader reader, MetricsReader metrics, TimeProvider time, CancellationToken cancellationToken)
    {
        await reader.GridAsync(grid, cancellationToken);
        await reader.ServiceAsync(grid, stack, service, cancellationToken);
        var stretch = Stretch.Of(http, time.GetUtcNow());
        return await AnswerAsync(
            stretch, new QueryMetrics { Grid = grid, Stack = stack, Service = service, From = stretch.Begin, To = stretch.End }, metrics, cancellationToken);
    }

    private static async Task<IResult> AnswerAsync(Stretch stretch, QueryMetrics query, MetricsReader metrics, CancellationToken cancellationToken)
    {
        var minutes = await metrics.ReadAsync(query, cancellationToken);
        return Reply.Ok(new MetricsJson(stretch.Begin, stretch.End, [.. minutes.Select(Render)]), KontenaResponseJson.Wire.MetricsJson);
    }

    private static MinuteJson Render(MetricsMinute minute) => new()
    {
        Timestamp = minute.At,
        Cpu = new CpuUsedJson(Math.Round(minute.CpuUsed, 2), minute.Cores),
        Memory = new MemoryUsedJson(
            minute.MemoryUsed, minute.MemoryTotal, minute.MemoryFree, minute.MemoryActive, minute.MemoryInactive, minute.MemoryCached, minute.MemoryBuffers),
        Filesystem = minute is { DiskUsed: { } used, DiskTotal: { } total } ? new FilesystemUsedJson(used, total) : null,
        Network = new NetworkStatsJson(Render(minute.Internal), Render(minute.External)),
    };

    private static InterfaceStatsJson Render(NetworkReading reading) => new()
    {
        Interfaces = reading.Interfaces,
        RxBytes = reading.RxBytes,
        RxBytesPerSecond = reading.RxBytesPerSecond,
        TxBytes = reading.TxBytes,
        TxBytesPerSecond = reading.TxBytesPerSecond,
    };
}
