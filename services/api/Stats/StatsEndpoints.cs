using Kontena.Api.Http;
using Kontena.Api.Snapshots;
using Kontena.Contracts.Http;
using Kontena.Contracts.Stats;

namespace Kontena.Api.Stats;

/// <summary>Newest measurement of each running container (rest-api.md §18.1).</summary>
internal static class StatsEndpoints
{
    private static readonly QueryParameter Sort =
        new("sort", QueryType.Text, "What the rows are sorted by, the most first") { Default = "cpu", OneOf = ["cpu", "memory", "rx_bytes", "tx_bytes"] };
    private static readonly QueryParameter Limit = new("limit", QueryType.Integer, "Rows at most; no number means all") { Least = 1 };

    public static void Map(IEndpointRouteBuilder routes)
    {
        var stats = routes.MapGroup("/v1").WithTags("stats");
        stats.MapGet("/grids/{grid}/stats", OfGridAsync).WithFacts("listGridStats", Need.GridUser).Reads(Sort, Limit).Produces<StatsJson>()
            .WithSummary("Containers of a grid");
        stats.MapGet("/nodes/{grid}/{node}/stats", OfNodeAsync).WithFacts("listNodeStats", Need.GridUser).Reads(Sort, Limit).Produces<StatsJson>()
            .WithSummary("Containers of a node");
        stats.MapGet("/services/{grid}/{stack}/{service}/stats", OfServiceAsync).WithFacts("listServiceStats", Need.GridUser).Reads(Sort, Limit)
            .Produces<StatsJson>().WithSummary("Containers of a service");
        foreach (var (path, operation) in (ReadOnlySpan<(string, string)>)
            [("containers", "listContainersUsage"), ("memory_usage", "listMemoryUsage"), ("cpu_usage", "listCpuUsage"), ("filesystem_usage", "listFilesystemUsage")])
        {
            stats.MapGet($"/grids/{{grid}}/stats/{path}", NothingAsync).WithFacts(operation, Need.GridUser).Produces<StatsJson>()
                .WithSummary("Always empty, as these paths were in the original; /stats has the measurements");
        }
    }

    private static async Task<IResult> OfGridAsync(
        string grid, HttpContext http, SnapshotReader reader, StatsReader stats, CancellationToken cancellationToken)
    {
        var snapshot = await reader.WholeAsync(await reader.GridAsync(grid, cancellationToken), cancellationToken);
        return await AnswerAsync(snapshot, snapshot.Containers(), http, stats, cancellationToken);
    }

    private static async Task<IResult> NothingAsync(string grid, SnapshotReader reader, CancellationToken cancellationToken)
    {
        await reader.GridAsync(grid, cancellationToken);
        return Reply.Ok(new StatsJson([]), KontenaResponseJson.Wire.StatsJson);
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
        var sorted = Sort.TextOf(http) switch
        {
            "memory" => rows.OrderByDescending(row => row.Memory?.Usage ?? -1),
            "rx_bytes" => rows.OrderByDescending(row => row.Network?.Internal.RxBytes ?? -1),
            "tx_bytes" => rows.OrderByDescending(row => row.Network?.Internal.TxBytes ?? -1),
            _ => rows.OrderByDescending(row => row.Cpu?.Usage ?? -1),
        };
        var limit = int.TryParse(Limit.TextOf(http), out var asked) && asked > 0 ? asked : int.MaxValue;
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
                new InterfaceStatsJson
                {
                    Interfaces = ["eth0"],
                    RxBytes = sample.NetworkRx,
                    RxBytesPerSecond = sample.NetworkRxPerSecond,
                    TxBytes = sample.NetworkTx,
                    TxBytesPerSecond = sample.NetworkTxPerSecond,
                },
                new InterfaceStatsJson()),
        };
    }
}
