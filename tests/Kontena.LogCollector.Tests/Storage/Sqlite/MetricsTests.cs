using Kontena.Contracts.Stats;
using Kontena.LogCollector.Measurements;
using Kontena.LogCollector.Storage;

namespace Kontena.LogCollector.Tests.Storage.Sqlite;

/// <summary>The history of measurements, out of the segments.</summary>
public sealed class MetricsTests
{
    [Fact]
    public async Task A_grid_a_node_and_a_service_each_have_their_own()
    {
        await using var logs = new StoreOnDisk();
        await AddAsync(logs, Batch("core-01", 0, 10, ("shop", "web", 1), ("shop", "db", 2)));
        await AddAsync(logs, Batch("core-02", 5, 20, ("shop", "web", 4)));
        await AddAsync(logs, Batch("core-01", 60, 30, ("null", "web", 8)));
        await AddAsync(logs, Batch("core-01", 0, 40, ("shop", "web", 16)) with { Grid = "other" });
        var query = Query();

        Assert.Equal([30.0, 30.0], await CpuAsync(logs, query));
        Assert.Equal([10.0, 30.0], await CpuAsync(logs, query with { Node = "core-01" }));
        Assert.Equal([5.0], await CpuAsync(logs, query with { Stack = "shop", Service = "web" }));
        Assert.Equal([8.0], await CpuAsync(logs, query with { Stack = "null", Service = "web" }));
        Assert.Equal([40.0], await CpuAsync(logs, query with { Grid = "other" }));
        Assert.Empty(await CpuAsync(logs, query with { Node = "core-09" }));
        Assert.Equal([30.0], await CpuAsync(logs, query with { From = LogLines.Noon.AddSeconds(6) }));
        Assert.Equal([30.0], await CpuAsync(logs, query with { To = LogLines.Noon.AddSeconds(59) }));
    }

    [Fact]
    public async Task A_batch_that_comes_twice_counts_once()
    {
        await using var logs = new StoreOnDisk();
        var batch = Batch("core-01", 0, 10, ("shop", "web", 3));

        await AddAsync(logs, batch);
        await AddAsync(logs, batch);

        Assert.Equal([10.0], await CpuAsync(logs, Query()));
        Assert.Equal([3.0], await CpuAsync(logs, Query() with { Stack = "shop", Service = "web" }));
    }

    [Fact]
    public async Task A_batch_that_makes_no_sense_takes_none_along_that_came_with_it()
    {
        await using var logs = new StoreOnDisk();
        var cancelled = TestContext.Current.CancellationToken;

        var stored = Enumerable.Range(0, 50).Select(number => logs.Store.AppendAsync(LogLines.Batch([$"line {number}"]), cancelled)).ToList();
        var refused = logs.Store.AppendAsync(Batch("core-01", 0, 10) with { Containers = null! }, cancelled);
        stored.AddRange(Enumerable.Range(50, 50).Select(number => logs.Store.AppendAsync(LogLines.Batch([$"line {number}"]), cancelled)));

        await Task.WhenAll(stored);
        await Assert.ThrowsAsync<LogStoreException>(() => refused);
        Assert.Null(logs.Store.WriteFailure);
        Assert.Equal(100, (await logs.LinesAsync(LogLines.Query(limit: 200))).Count);
    }

    [Fact]
    public async Task A_minute_whose_measurements_lie_in_two_segments_is_one_row()
    {
        await using var logs = new StoreOnDisk();
        await AddAsync(logs, Batch("core-01", 0, 10, ("shop", "web", 1)));
        logs.Clock.Advance(TimeSpan.FromDays(1));
        await AddAsync(logs, Batch("core-01", 10, 20, ("shop", "web", 3)));
        await AddAsync(logs, Batch("core-02", 20, 5, ("shop", "web", 5)));

        Assert.Equal(2, logs.Segments.Length);
        Assert.Equal([20.0], await CpuAsync(logs, Query()));
        Assert.Equal([7.0], await CpuAsync(logs, Query() with { Stack = "shop", Service = "web" }));
    }

    [Fact]
    public async Task Adding_up_that_takes_too_long_is_answered_with_what_to_narrow()
    {
        await using var logs = new StoreOnDisk(queryTimeout: TimeSpan.Zero);
        await AddAsync(logs, Batch("core-01", 0, 10));

        var history = await QueryMetricsConsumer.AnswerAsync(logs.Store, Query(), TestContext.Current.CancellationToken);

        Assert.Empty(history.Minutes);
        Assert.Contains("did not end within 0 s; ask for less: a shorter time", history.Error);
    }

    [Fact]
    public async Task A_question_that_makes_no_sense_is_answered_in_words()
    {
        await using var logs = new StoreOnDisk();

        var history = await QueryMetricsConsumer.AnswerAsync(logs.Store, Query() with { To = LogLines.Noon.AddHours(-2) }, TestContext.Current.CancellationToken);

        Assert.Equal("the stretch of time ends before it begins", history.Error);
    }

    private static QueryMetrics Query() => new() { Grid = "main", From = LogLines.Noon, To = LogLines.Noon.AddHours(1) };

    private static Task AddAsync(StoreOnDisk logs, StatsBatch batch) => logs.Store.AppendAsync(batch, TestContext.Current.CancellationToken);

    private static async Task<IEnumerable<double>> CpuAsync(StoreOnDisk logs, QueryMetrics query) =>
        (await logs.Store.MetricsAsync(query, TestContext.Current.CancellationToken)).Select(row => row.CpuUsed);

    private static StatsBatch Batch(string node, int second, double cpu, params (string Stack, string Service, double Cpu)[] containers) => new()
    {
        Grid = "main",
        Node = node,
        At = LogLines.Noon.AddSeconds(second),
        NodeStats = new NodeStats { Cores = 2, CpuUser = cpu },
        Containers = [.. containers.Select(one => new ContainerStats
        {
            Stack = one.Stack, Service = one.Service, Instance = 1, InstanceId = $"{node}-{one.Service}", ContainerId = $"{node}-{one.Service}", CpuPercent = one.Cpu,
        })],
    };
}
