using Kontena.Api.Http;
using Kontena.Api.Snapshots;
using Kontena.Contracts.Http;
using Kontena.Contracts.Stats;

namespace Kontena.Api.Stats;

/// <summary>Newest measurement of each running container (rest-api.md §18.1).</summary>
internal static class StatsEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var stats = routes.MapGroup("/v1").WithTags("stats");
        stats.MapGet("/grids/{grid}/stats", OfGridAsync).Produces<StatsJson>().WithSummary("Containers of a grid");
        stats.MapGet("/nodes/{grid}/{node}/stats", OfNodeAsync).Produces<StatsJson>().WithSummary("Containers of a node");
        stats.MapGet("/services/{grid}/{stack}/{service}/stats", OfServiceAsync).Produces<StatsJson>().WithSummary("Containers of a service");
    }

    private static async Task<IResult> OfGridAsync(
        string grid, HttpContext http, SnapshotReader reader, StatsReader stats, CancellationToken cancellationToken)
    {
        var snapshot = await reader.WholeAsync(await reader.GridAsync(grid, cancellationToken), cancellationToken);
        return await AnswerAsync(snapshot, snapshot.Containers(), http, stats, cancellationToken);
    }

    private static async Task<IResult> OfNodeAsync(
        string grid, string node, HttpContext http, SnapshotReader reader, StatsReader stats, CancellationToken cancellationToken)
    {
        var found = await reader.GridAsync(grid, cancellationToken);
        var name = (await reader.NodeAsync(grid, node, cancellationToken)).Name;
        var snapshot = await reader.WholeAsync(found, cancellationToken);
        return await AnswerAsync(snapshot, snapshot.Containers().Where(one => one.Observed.Node == name), http, stats, cancellationToken);
    }

    private static async Task<IResult> OfServiceAsync(
        string grid, string stack, string service, HttpContext http, SnapshotReader reader, StatsReader stats, CancellationToken cancellationToken)
    {
        var found = await reader.GridAsync(grid, cancellationToken);
        var wanted = await reader.ServiceAsync(grid, stack, service, cancellationToken);
        var snapshot = await reader.OfServiceAsync(found, wanted, cancellationToken);
        return await AnswerAsync(snapshot, snapshot.ContainersOf(wanted), http, stats, cancellationToken);
    }

    private static async Task<IResult> AnswerAsync(
        GridSnapshot snapshot, IEnumerable<SeenInstance> containers, HttpContext http, StatsReader reader, CancellationToken cancellationToken)
    {
        var latest = await reader.LatestAsync(snapshot.Grid.Name, cancellationToken);
        var rows = containers.Where(one => one.IsRunning).Select(one => Render(one, latest));
        var sorted = http.Request.Query["sort"].ToString() switch
        {
            "memory" => rows.OrderByDescending(row => row.Memory?.Usage ?? -1),
            "rx_bytes" => rows.OrderByDescending(row => row.Network?.Internal.RxBytes ?? -1),
            "tx_bytes" => rows.OrderByDescending(row => row.Network?.Internal.TxBytes ?? -1),
            _ => rows.OrderByDescending(row => row.Cpu?.Usage ?? -1),
        };
        var limit = int.TryParse(http.Request.Query["limit"], out var asked) && asked > 0 ? asked : int.MaxValue;
        return Reply.Ok(new StatsJson([.. sorted.Take(limit)]), KontenaResponseJson.Wire.StatsJson);
    }

    private static ContainerStatsJson Render(SeenInstance container, LatestStats latest)
    {
        var batch = latest.Nodes.FirstOrDefault(one => one.Node == container.Observed.Node);
        var sample = batch?.Containers.FirstOrDefault(one => one.ContainerId == container.Observed.ContainerId);
        var row = new ContainerStatsJson { ContainerId = container.ContainerName };
        if (sample is null)
            return row;

        var cores = batch?.NodeStats?.Cores ?? 1;
        return row with
        {
            Cpu = new CpuStatsJson(Math.Round(sample.CpuPercent, 2), cores * 100, cores),
            Memory = new MemoryStatsJson(sample.MemoryUsage, sample.MemoryLimit),
            Network = new NetworkStatsJson(
                new InterfaceStatsJson { Interfaces = ["eth0"], RxBytes = sample.NetworkRx, TxBytes = sample.NetworkTx },
                new InterfaceStatsJson()),
        };
    }
}
