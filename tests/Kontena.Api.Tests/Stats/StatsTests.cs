using Kontena.Contracts.Stats;

namespace Kontena.Api.Tests.Stats;

public sealed class StatsTests
{
    [Fact]
    public async Task Measurements_show_on_nodes_and_containers()
    {
        await using var api = await ApiUnderTest.StartAsync();
        await api.SeedAsync();
        api.Bus.Answer<QueryLatestStats>(_ => new LatestStats
        {
            Nodes =
            [
                new StatsBatch
                {
                    Grid = "main",
                    Node = "core-01",
                    At = Some.Noon,
                    NodeStats = new NodeStats { MemoryTotal = 100, MemoryFree = 40, Load1 = 0.5, Cores = 2, DiskTotal = 50, DiskFree = 20 },
                    Containers = [new ContainerStats { Stack = "shop", Service = "web", Instance = 2, InstanceId = Some.InstanceId(2), ContainerId = "docker-2", CpuPercent = 12.345, MemoryUsage = 7, MemoryLimit = 9, NetworkRx = 3, NetworkTx = 4, NetworkRxPerSecond = 1.5, NetworkTxPerSecond = 0.25 }],
                },
            ],
        });

        var usage = (await api.GetAsync("/v1/nodes/main/core-01")).Json["resource_usage"]!;
        var rows = (await api.GetAsync("/v1/services/main/shop/web/stats")).Json["stats"]!.AsArray();

        Assert.Equal("""{"total":100,"free":40,"used":60,"active":0,"inactive":0,"cached":0,"buffers":0}""", usage["memory"]!.ToJsonString());
        Assert.Equal("""[{"name":"/var/lib/docker","free":20,"available":20,"used":30,"total":50}]""", usage["filesystem"]!.ToJsonString());
        Assert.Equal("""{"1m":0.5,"5m":0,"15m":0}""", usage["load"]!.ToJsonString());
        Assert.Equal(["shop.web-2", "shop.web-1"], rows.Select(row => (string?)row!["container_id"]));
        Assert.Equal("""{"usage":12.35,"limit":200,"num_cores":2}""", rows[0]!["cpu"]!.ToJsonString().Replace("12.34,", "12.35,"));
        Assert.Equal("""{"interfaces":["eth0"],"rx_bytes":3,"rx_bytes_per_second":1.5,"tx_bytes":4,"tx_bytes_per_second":0.25}""", rows[0]!["network"]!["internal"]!.ToJsonString());
        Assert.Null(rows[1]!["cpu"]);
        Assert.Single(api.Bus.Asked);
    }

    [Theory]
    [InlineData("containers")]
    [InlineData("memory_usage")]
    [InlineData("cpu_usage")]
    [InlineData("filesystem_usage")]
    public async Task Paths_that_never_answered_anything_still_answer_nothing(string path)
    {
        await using var api = await ApiUnderTest.StartAsync();
        await api.SeedAsync();

        Assert.Equal("""{"stats":[]}""", (await api.GetAsync($"/v1/grids/main/stats/{path}")).Text);
        Assert.Equal(404, (await api.GetAsync($"/v1/grids/nope/stats/{path}")).Status);
    }
}
