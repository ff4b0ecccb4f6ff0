using Kontena.Contracts.Stats;
using Kontena.Core.Ids;
using Kontena.LogCollector.Storage;
using Kontena.LogCollector.Storage.Sqlite;

namespace Kontena.LogCollector.Tests.Storage.Sqlite;

public sealed class SqliteLogStoreTests
{
    [Fact]
    public async Task Lines_come_back_whole_and_oldest_first()
    {
        await using var logs = new StoreOnDisk();
        await logs.AddAsync(LogLines.Batch(["first", "second"], stream: "stderr"));

        var lines = await logs.LinesAsync(LogLines.Query());

        Assert.Equal(["first", "second"], lines.Texts());
        var line = lines[0];
        Assert.Equal(("core-01", "shop", "web", 1, "shop.web-1", "docker-web-1", "stderr", LogLines.Noon),
            (line.Node, line.Stack, line.Service, line.Instance, line.ContainerName, line.ContainerId, line.Stream, line.At));
        Assert.All(lines, one => Assert.True(ObjectId.IsValid(one.Id)));
    }

    [Fact]
    public async Task Each_filter_leaves_only_its_own()
    {
        await using var logs = new StoreOnDisk();
        await logs.AddAsync(
            LogLines.Batch(["a"]),
            LogLines.Batch(["b"], instance: 2, node: "core-02"),
            LogLines.Batch(["c"], service: "db"),
            LogLines.Batch(["d"], stack: "null"),
            LogLines.Batch(["e"], grid: "other"),
            LogLines.Batch(["f"], at: LogLines.Noon.AddHours(3)));
        var query = LogLines.Query();

        Assert.Equal(["a", "b", "c", "d", "f"], (await logs.LinesAsync(query)).Texts());
        Assert.Equal(["e"], (await logs.LinesAsync(query with { Grid = "other" })).Texts());
        Assert.Equal(["a", "b", "c", "f"], (await logs.LinesAsync(query with { Stack = "shop" })).Texts());
        Assert.Equal(["a", "b", "f"], (await logs.LinesAsync(query with { Stack = "shop", Service = "web" })).Texts());
        Assert.Equal(["b"], (await logs.LinesAsync(query with { Stack = "shop", Service = "web", Instance = 2 })).Texts());
        Assert.Equal(["b"], (await logs.LinesAsync(query with { Node = "core-02" })).Texts());
        Assert.Equal(["c"], (await logs.LinesAsync(query with { ContainerName = "shop.db-1" })).Texts());
        Assert.Equal(["c", "d"], (await logs.LinesAsync(query with { AnyService = ["shop/db", "null/web"] })).Texts());
        Assert.Equal(["b", "c"], (await logs.LinesAsync(query with { AnyContainer = ["shop.db-1", "shop.web-2"] })).Texts());
        Assert.Equal(["b"], (await logs.LinesAsync(query with { AnyNode = ["core-02"] })).Texts());
        Assert.Empty(await logs.LinesAsync(query with { AnyService = [] }));
        Assert.Equal(["f"], (await logs.LinesAsync(query with { Since = LogLines.Noon.AddMinutes(1) })).Texts());
    }

    [Fact]
    public async Task Without_a_place_to_go_on_from_the_newest_lines_are_meant()
    {
        await using var logs = new StoreOnDisk();
        for (var service = 0; service < 40; service++)
            await logs.AddAsync(LogLines.Batch([$"{service}-1", $"{service}-2"], service: $"s{service}"));

        Assert.Equal(["38-2", "39-1", "39-2"], (await logs.LinesAsync(LogLines.Query(limit: 3))).Texts());
        Assert.Equal(["3-2", "7-1", "7-2"],
            (await logs.LinesAsync(LogLines.Query(limit: 3) with { AnyService = ["shop/s3", "shop/s7"] })).Texts());
    }

    [Fact]
    public async Task Segments_of_days_before_since_are_not_read()
    {
        await using var logs = new StoreOnDisk();
        // It would be found: its node's clock is a day ahead.
        await logs.AddAsync(LogLines.Batch(["ahead"], at: logs.Clock.GetUtcNow().AddHours(25)));
        logs.Clock.Advance(TimeSpan.FromDays(1));
        await logs.AddAsync(LogLines.Batch(["new"], at: logs.Clock.GetUtcNow()));

        var query = LogLines.Query() with { Since = logs.Clock.GetUtcNow().AddMinutes(-1) };
        Assert.Equal(["new"], (await logs.LinesAsync(query)).Texts());
        Assert.Equal(["new"], (await logs.LinesAsync(query with { After = "000000000000000000000000" })).Texts());
        // Just before midnight a node's clock may be behind.
        Assert.Equal(["ahead", "new"], (await logs.LinesAsync(query with { Since = logs.Clock.GetUtcNow().Date.AddMinutes(30) })).Texts());
    }

    [Fact]
    public async Task Going_on_from_the_last_line_reads_everything_once_also_across_days()
    {
        await using var logs = new StoreOnDisk();
        for (var day = 0; day < 3; day++)
        {
            await logs.AddAsync(LogLines.Batch(Enumerable.Range(0, 50).Select(i => $"{day}-{i}"), at: logs.Clock.GetUtcNow()));
            logs.Clock.Advance(TimeSpan.FromDays(1));
        }

        Assert.Equal(3, logs.Segments.Length);
        var seen = new List<string>();
        var after = new string('0', 24);
        while (await logs.LinesAsync(LogLines.Query(limit: 7) with { After = after }) is { Count: > 0 } page)
        {
            seen.AddRange(page.Texts());
            after = page[^1].Id;
        }

        Assert.Equal(Enumerable.Range(0, 3).SelectMany(day => Enumerable.Range(0, 50).Select(i => $"{day}-{i}")), seen);
    }

    [Fact]
    public async Task A_batch_that_comes_twice_is_stored_once_also_after_a_restart_and_over_midnight()
    {
        await using var logs = new StoreOnDisk();
        var batch = LogLines.Batch(["only"]);

        await logs.AddAsync(batch, batch);
        await logs.ReopenAsync();
        await logs.AddAsync(batch, LogLines.Batch(["other"], at: LogLines.Noon.AddSeconds(1)));
        logs.Clock.Advance(TimeSpan.FromDays(1));
        await logs.AddAsync(LogLines.Batch(["next day"]), batch);

        Assert.Equal(["only", "other", "next day"], (await logs.LinesAsync(LogLines.Query())).Texts());
    }

    [Fact]
    public async Task What_was_acknowledged_is_there_when_the_process_is_killed()
    {
        await using var logs = new StoreOnDisk();
        await logs.AddAsync(LogLines.Batch(Enumerable.Range(0, 500).Select(i => $"line {i}")));

        // Nothing was closed: the copy is what a killed process leaves behind.
        await using var reopened = new StoreOnDisk(copyOf: logs.Directory);
        await reopened.AddAsync(LogLines.Batch(["afterwards"], at: LogLines.Noon.AddMinutes(1)));

        var lines = await reopened.LinesAsync(LogLines.Query(limit: 1000));
        Assert.Equal(501, lines.Count);
        Assert.Equal(501, lines.Select(line => line.Id).Distinct().Count());
        Assert.Equal(["line 499"], (await reopened.LinesAsync(LogLines.Query() with { Text = "499" })).Texts());
    }

    [Fact]
    public async Task Ids_grow_even_when_the_clock_goes_back()
    {
        await using var logs = new StoreOnDisk();
        logs.Clock.Advance(TimeSpan.FromDays(2));
        await logs.AddAsync(LogLines.Batch(["from the future"]));
        await logs.ReopenAsync();
        logs.Clock.Advance(TimeSpan.FromDays(-2));
        await logs.AddAsync(LogLines.Batch(["now"], at: LogLines.Noon.AddSeconds(5)));

        Assert.Equal(["from the future", "now"], (await logs.LinesAsync(LogLines.Query())).Texts());
    }

    [Fact]
    public async Task Days_over_the_limit_go_and_reading_goes_on_past_them()
    {
        await using var logs = new StoreOnDisk(days: 2);
        await logs.AddAsync(LogLines.Batch(["old"]));
        var cursor = (await logs.LinesAsync(LogLines.Query()))[0].Id;
        for (var day = 1; day <= 3; day++)
        {
            logs.Clock.Advance(TimeSpan.FromDays(1));
            await logs.AddAsync(LogLines.Batch([$"day {day}"], at: logs.Clock.GetUtcNow()));
        }

        await logs.Store.TrimAsync(TestContext.Current.CancellationToken);

        Assert.Equal(["2026-03-03.000.db", "2026-03-04.000.db"], logs.Segments);
        Assert.Equal(["day 2", "day 3"], (await logs.LinesAsync(LogLines.Query() with { After = cursor })).Texts());
    }

    [Fact]
    public async Task A_day_that_grows_too_big_is_continued_elsewhere_and_its_beginning_goes()
    {
        const long limit = 64L * 1024 * 1024;
        await using var logs = new StoreOnDisk(bytes: limit);
        var filler = new string('x', 30_000);
        for (var batch = 0; batch < 30; batch++)
            await logs.AddAsync(LogLines.Batch(Enumerable.Range(0, 100).Select(i => $"{batch} {i} {filler}"), at: LogLines.Noon.AddMinutes(batch)));

        await logs.Store.TrimAsync(TestContext.Current.CancellationToken);

        Assert.True(logs.Segments.Length > 3);
        Assert.DoesNotContain("2026-03-01.000.db", logs.Segments);
        var size = Directory.EnumerateFiles(logs.Directory).Sum(file => new FileInfo(file).Length);
        Assert.InRange(size, limit / 4, limit + limit / 4);
        Assert.StartsWith("29 99 ", (await logs.LinesAsync(LogLines.Query(limit: 1)))[0].Text);
    }

    [Fact]
    public async Task A_damaged_file_is_left_aside_and_the_others_still_answer()
    {
        await using var logs = new StoreOnDisk();
        await logs.AddAsync(LogLines.Batch(["yesterday"]));
        logs.Clock.Advance(TimeSpan.FromDays(1));
        await logs.AddAsync(LogLines.Batch(["lost"]));
        await logs.Store.DisposeAsync();
        await File.WriteAllTextAsync(Path.Combine(logs.Directory, "2026-03-02.000.db"), new string('?', 8192), TestContext.Current.CancellationToken);
        foreach (var extra in Directory.EnumerateFiles(logs.Directory, "2026-03-02.000.db-*"))
            File.Delete(extra);

        await logs.ReopenAsync();
        await logs.AddAsync(LogLines.Batch(["today"], at: LogLines.Noon.AddDays(1)));

        Assert.Equal(["yesterday", "today"], (await logs.LinesAsync(LogLines.Query())).Texts());
    }

    [Fact]
    public async Task Text_is_found_by_words_phrases_and_beginnings()
    {
        await using var logs = new StoreOnDisk();
        await logs.AddAsync(LogLines.Batch([
            "GET /cart 200 from 10.81.0.7", "GET /cart 500 from 10.81.0.8", "connection refused by db", "db connection closed",
            "order 6f1c2e9a-77aa-4b5e-9d0c-aa3f58c1d2e4 paid", "Ärger mit Umlauten"]));

        async Task<string[]> Found(string text) => (await logs.LinesAsync(LogLines.Query() with { Text = text })).Texts();

        Assert.Equal(["GET /cart 500 from 10.81.0.8"], await Found("cart 500"));
        Assert.Equal(["connection refused by db"], await Found("\"connection refused\""));
        Assert.Equal(["db connection closed"], await Found("connection -refused"));
        Assert.Equal(["GET /cart 200 from 10.81.0.7", "GET /cart 500 from 10.81.0.8"], await Found("200 OR 500"));
        Assert.Equal(["GET /cart 200 from 10.81.0.7"], await Found("10.81.0.7"));
        Assert.Equal(["order 6f1c2e9a-77aa-4b5e-9d0c-aa3f58c1d2e4 paid"], await Found("6f1c2e9a-77aa-4b5e-9d0c-aa3f58c1d2e4"));
        Assert.Equal(["connection refused by db", "db connection closed"], await Found("conn*"));
        Assert.Equal(["Ärger mit Umlauten"], await Found("ärger"));
        Assert.Empty(await logs.LinesAsync(LogLines.Query() with { Text = "cart", Service = "db" }));
    }

    [Fact]
    public async Task Questions_that_make_no_sense_are_answered_with_the_reason()
    {
        await using var logs = new StoreOnDisk();
        await logs.AddAsync(LogLines.Batch(["x"]));

        Assert.Contains("limit is 0", (await logs.AskAsync(LogLines.Query(limit: 0))).Error);
        Assert.Contains("limit is 10001", (await logs.AskAsync(LogLines.Query(limit: 10_001))).Error);
        Assert.Contains("not the id of a line", (await logs.AskAsync(LogLines.Query() with { After = "' OR 1=1" })).Error);
        Assert.Contains("not closed", (await logs.AskAsync(LogLines.Query() with { Text = "\"open" })).Error);
        Assert.Contains("more than 100", (await logs.AskAsync(LogLines.Query() with { AnyNode = [.. Enumerable.Repeat("n", 101)] })).Error);
    }

    [Fact]
    public async Task Hostile_text_is_stored_as_it_is_and_harms_nothing()
    {
        await using var logs = new StoreOnDisk();
        string[] texts = ["'; DROP TABLE line; --", "nul \0 in it", "\ud800 half a pair", new string('a', 200_000), "", "\u001b[31mred\u001b[0m"];
        await logs.AddAsync(LogLines.Batch(texts, service: "'; DROP TABLE source; --"));

        var lines = await logs.LinesAsync(LogLines.Query());

        Assert.Equal(texts.Length, lines.Count);
        Assert.Equal(texts[0], lines[0].Text);
        Assert.EndsWith("(cut)", lines[3].Text);
        Assert.Equal(texts[5], lines[5].Text);
        Assert.Single(await logs.LinesAsync(LogLines.Query() with { Service = "'; DROP TABLE source; --", Text = "drop" }));
    }

    [Fact]
    public async Task Many_senders_at_once_all_find_their_lines()
    {
        await using var logs = new StoreOnDisk();
        await Task.WhenAll(Enumerable.Range(0, 50).Select(sender => Task.Run(async () =>
        {
            for (var batch = 0; batch < 10; batch++)
                await logs.AddAsync(LogLines.Batch([$"{sender}/{batch}"], service: $"s{sender}", at: LogLines.Noon.AddSeconds(batch)));
        })));

        var lines = await logs.LinesAsync(LogLines.Query(limit: 1000));
        Assert.Equal(500, lines.Texts().Distinct().Count());
        Assert.Equal(Enumerable.Range(0, 10).Select(batch => $"7/{batch}"),
            lines.Where(line => line.Service == "s7").Select(line => line.Text));
    }

    [Fact]
    public async Task Measurements_may_come_twice()
    {
        await using var logs = new StoreOnDisk();
        var batch = new StatsBatch { Grid = "main", Node = "core-01", At = LogLines.Noon, NodeStats = new NodeStats { Cores = 2 } };

        await logs.Store.AppendAsync(batch, TestContext.Current.CancellationToken);
        await logs.Store.AppendAsync(batch, TestContext.Current.CancellationToken);

        Assert.Empty(await logs.LinesAsync(LogLines.Query()));
    }

    [Fact]
    public async Task A_question_that_takes_too_long_is_answered_with_what_to_narrow()
    {
        await using var logs = new StoreOnDisk(queryTimeout: TimeSpan.Zero);
        await logs.AddAsync(LogLines.Batch(["x"]));

        var page = await logs.AskAsync(LogLines.Query());

        Assert.Empty(page.Lines);
        Assert.Contains("did not end within 0 s; ask for less", page.Error);
    }

    [Fact]
    public async Task A_scan_that_finds_nothing_ends_when_it_is_no_longer_wanted()
    {
        await using var logs = new StoreOnDisk();
        for (var batch = 0; batch < 10; batch++)
            await logs.AddAsync(LogLines.Batch(Enumerable.Repeat("aa bb cc dd ee ff gg hh", 2_000), at: LogLines.Noon.AddMinutes(batch)));
        using var connection = SegmentSchema.OpenReader(Path.Combine(logs.Directory, logs.Segments[0]));
        using var unwanted = new CancellationTokenSource();

        // The scan itself says when it has begun.
        connection.CreateFunction("begun", (string text) =>
        {
            unwanted.Cancel();
            return false;
        });
        using var interrupt = SegmentSchema.InterruptOn(connection, unwanted.Token);
        var stopped = Assert.Throws<Microsoft.Data.Sqlite.SqliteException>(() => SegmentSchema.Execute(connection, "SELECT id FROM line WHERE begun(text)"));
        Assert.Equal(9, stopped.SqliteErrorCode);
    }

    [Fact]
    public async Task A_write_that_fails_is_told_to_its_sender_and_to_readiness_and_works_again_later()
    {
        await using var logs = new StoreOnDisk();
        var today = Path.Combine(logs.Directory, "2026-03-01.000.db");
        Directory.CreateDirectory(today);

        var failure = await Assert.ThrowsAsync<LogStoreException>(() => logs.AddAsync(LogLines.Batch(["x"])));
        Assert.Contains(logs.Directory, failure.Message);
        Assert.Equal(failure.Message, logs.Store.WriteFailure);

        Directory.Delete(today);
        await logs.AddAsync(LogLines.Batch(["x"]));
        Assert.Null(logs.Store.WriteFailure);
        Assert.Equal(["x"], (await logs.LinesAsync(LogLines.Query())).Texts());
    }
}
