using Kontena.Contracts.Logs;
using Kontena.Contracts.Stats;
using Kontena.LogCollector.Storage;
using Kontena.LogCollector.Storage.Sqlite;
using Kontena.Testing;

namespace Kontena.LogCollector.Tests.Storage.Sqlite;

/// <summary>Two log-collectors of one machine with one directory, each on a clock of its own.</summary>
public sealed class SharedStoreTests : IAsyncDisposable
{
    private readonly StoreOnDisk _one = new();
    private readonly TestClock _otherClock = new();
    private readonly SqliteLogStore _other;

    public SharedStoreTests() => _other = _one.Open(_otherClock);

    [Fact]
    public async Task What_either_stores_both_find_in_the_order_it_came()
    {
        await AddAsync(_one.Store, "1");
        await AddAsync(_other, "2");
        await AddAsync(_one.Store, "3", service: "db");
        await AddAsync(_other, "4", service: "db");

        Assert.Equal(["1", "2", "3", "4"], (await LinesAsync(_one.Store)).Texts());
        Assert.Equal(["1", "2", "3", "4"], (await LinesAsync(_other)).Texts());
        Assert.Equal(["1", "2"], (await LinesAsync(_other, LogLines.Query() with { Service = "web" })).Texts());
    }

    [Fact]
    public async Task A_batch_that_the_broker_gives_to_both_is_stored_once()
    {
        var batch = LogLines.Batch(["once"]);
        await _one.Store.AppendAsync(batch, TestContext.Current.CancellationToken);
        await _other.AppendAsync(batch, TestContext.Current.CancellationToken);

        Assert.Single(await LinesAsync(_one.Store));
    }

    [Fact]
    public async Task One_whose_clock_is_behind_adds_nothing_to_a_day_that_is_over()
    {
        await AddAsync(_other, "yesterday");
        _one.Clock.Advance(TimeSpan.FromDays(1));
        await AddAsync(_one.Store, "today");
        var last = (await LinesAsync(_one.Store))[^1].Id;

        await AddAsync(_other, "late");

        Assert.Equal(["late"], (await LinesAsync(_one.Store, LogLines.Query() with { After = last })).Texts());
    }

    [Fact]
    public void Nothing_is_added_to_a_segment_that_is_sealed_or_not_the_newest_any_more()
    {
        const int Segment = 100;
        using var writer = new SegmentWriter(_one.Directory, Segment);
        Assert.True(writer.TryCommit(() => writer.AddArrival(LogLines.Noon)));

        using (new SegmentWriter(_one.Directory, Segment + 1))
            Assert.False(writer.TryCommit(() => Assert.Fail("a later one is there")));
        File.Delete(SegmentName.FileOf(_one.Directory, Segment + 1));
        Assert.True(writer.TryCommit(() => { }));

        SegmentSchema.Seal(writer.File);
        Assert.False(writer.TryCommit(() => Assert.Fail("sealed")));
    }

    [Fact]
    public async Task Who_follows_the_log_reads_every_line_once_while_both_write_and_days_go_by()
    {
        const int Lines = 300;
        var cancellationToken = TestContext.Current.CancellationToken;
        var writing = Task.WhenAll(WriteAsync(_one.Store, _one.Clock, "a"), WriteAsync(_other, _otherClock, "b"));
        await using var third = _one.Open(new TestClock());     // a question has a deadline on its store's clock
        var read = new List<string>();
        string? last = null;
        while (true)
        {
            var over = writing.IsCompleted;
            var page = await LinesAsync(third, LogLines.Query(limit: 50) with { After = last ?? new LineId(0, 0).ToString() });
            read.AddRange(page.Texts());
            last = page is [.., var newest] ? newest.Id : last;
            if (over && page.Count == 0)
                break;
        }

        await writing;
        Assert.Equal(2 * Lines, read.Count);
        Assert.Equal(read.Count, read.Distinct().Count());
        Assert.True(_one.Segments.Length > 2, "no day went by");
        return;

        async Task WriteAsync(SqliteLogStore store, TestClock clock, string who)
        {
            for (var line = 0; line < Lines; line++)
            {
                if (line % 60 == 59)
                    clock.Advance(TimeSpan.FromDays(1));
                await store.AppendAsync(LogLines.Batch([$"{who}{line}"]), cancellationToken);
            }
        }
    }

    [Fact]
    public async Task The_newest_measurements_are_the_same_whoever_stored_them_and_whoever_is_asked()
    {
        await MeasuredAsync(_one.Store, "core-01", seconds: -10, cores: 1);
        await MeasuredAsync(_other, "core-02", seconds: -10, cores: 2);
        await MeasuredAsync(_other, "core-01", seconds: 0, cores: 3);
        await MeasuredAsync(_one.Store, "core-01", seconds: -5, cores: 4);
        await MeasuredAsync(_one.Store, "core-09", seconds: 0, cores: 9, grid: "other");

        Assert.Equal([("core-01", 3), ("core-02", 2)], await LatestAsync(_one.Store));
        Assert.Equal([("core-01", 3), ("core-02", 2)], await LatestAsync(_other));
    }

    [Fact]
    public async Task What_a_silent_node_said_is_not_the_newest_for_ever()
    {
        await MeasuredAsync(_one.Store, "core-01", seconds: 0, cores: 1);
        _one.Clock.Advance(ILogStore.FreshFor + TimeSpan.FromSeconds(1));

        Assert.Empty(await LatestAsync(_one.Store));
    }

    [Fact]
    public async Task Over_midnight_the_newest_measurements_are_in_either_day()
    {
        await MeasuredAsync(_one.Store, "core-01", seconds: 0, cores: 1);
        _one.Clock.Advance(TimeSpan.FromHours(12) - TimeSpan.FromSeconds(5));
        await MeasuredAsync(_one.Store, "core-02", seconds: 0, cores: 2);
        _one.Clock.Advance(TimeSpan.FromSeconds(10));
        await MeasuredAsync(_one.Store, "core-03", seconds: 0, cores: 3);

        Assert.Equal([("core-02", 2), ("core-03", 3)], await LatestAsync(_one.Store));
    }

    [Fact]
    public async Task What_one_removes_the_other_neither_misses_nor_keeps_open()
    {
        await AddAsync(_other, "old");
        Assert.Single(await LinesAsync(_other));
        await _other.TrimAsync(TestContext.Current.CancellationToken);
        _one.Clock.Advance(TimeSpan.FromDays(20));
        await AddAsync(_one.Store, "new");
        Assert.Single(_one.Segments);

        Assert.Equal(["new"], (await LinesAsync(_other)).Texts());
        await _other.TrimAsync(TestContext.Current.CancellationToken);
        await AddAsync(_other, "newer");
        await AddAsync(_other, "newest");
        Assert.Equal(["new", "newer", "newest"], (await LinesAsync(_one.Store)).Texts());
    }

    public async ValueTask DisposeAsync()
    {
        await _other.DisposeAsync();
        await _one.DisposeAsync();
    }

    private static Task AddAsync(SqliteLogStore store, string text, string service = "web") =>
        store.AppendAsync(LogLines.Batch([text], service), TestContext.Current.CancellationToken);

    private static Task<IReadOnlyList<LogLine>> LinesAsync(SqliteLogStore store, QueryLogs? query = null) =>
        store.QueryAsync(query ?? LogLines.Query(), null, TestContext.Current.CancellationToken);

    private Task MeasuredAsync(SqliteLogStore store, string node, int seconds, int cores, string grid = "main") => store.AppendAsync(
        new StatsBatch { Grid = grid, Node = node, At = _one.Clock.GetUtcNow().AddSeconds(seconds), NodeStats = new NodeStats { Cores = cores } },
        TestContext.Current.CancellationToken);

    private static async Task<IEnumerable<(string, int)>> LatestAsync(SqliteLogStore store) =>
        (await store.LatestAsync("main", TestContext.Current.CancellationToken)).Nodes.Select(one => (one.Node, one.NodeStats!.Cores));
}
