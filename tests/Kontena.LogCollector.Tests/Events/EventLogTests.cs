using Kontena.Contracts.Events;
using Kontena.LogCollector.Events;
using Kontena.LogCollector.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Kontena.LogCollector.Tests.Events;

public sealed class EventLogTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly string _directory = Directory.CreateTempSubdirectory("kontena-events-").FullName;
    private EventLog _log;

    public EventLogTests() => _log = Open();

    private string FilePath => Path.Combine(_directory, "logs", "events.db");

    public void Dispose()
    {
        _log.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private EventLog Open(int kept = 10_000) => new(new EventLogOptions { File = FilePath, KeptPerGrid = kept }, NullLogger<EventLog>.Instance);

    private static CloudEvent Event(
        int number, string? stack = "shop", string? service = "web", string? node = null, string grid = "main", string? message = null) => CloudEvent.Of(new GridEvent
    {
        Grid = grid, Type = EventTypes.StartInstance, Severity = EventSeverity.Info, Message = message ?? $"{number}", Stack = stack, Service = service, Node = node,
    }, $"{grid}-{number}", Noon.AddSeconds(number));

    private static QueryEvents Ask(int limit = 100, string grid = "main") => new() { Grid = grid, Limit = limit };

    private string[] Read(QueryEvents query)
    {
        var page = QueryEventsConsumer.Answer(_log, query);
        Assert.Null(page.Error);
        return [.. page.Events.Select(one => one.Event.Message)];
    }

    [Fact]
    public void The_newest_are_given_oldest_first_and_after_an_id_what_came_next()
    {
        foreach (var number in Enumerable.Range(1, 5))
            _log.Append(Event(number));

        Assert.Equal(["4", "5"], Read(Ask(limit: 2)));
        var second = _log.Read(Ask())[1];
        Assert.Equal(["3", "4"], Read(Ask(limit: 2) with { After = second.Id }));
        Assert.Equal(["4", "5"], Read(Ask() with { Since = Noon.AddSeconds(3) }));
        Assert.Equal((24, Noon.AddSeconds(2)), (second.Id.Length, second.At));
    }

    [Fact]
    public void What_comes_twice_is_kept_once()
    {
        _log.Append(Event(1));
        _log.Append(Event(1));

        Assert.Equal(["1"], Read(Ask()));
    }

    [Fact]
    public void All_filters_that_are_set_must_match()
    {
        _log.Append(Event(1, node: "core-01"));
        _log.Append(Event(2, service: "db", node: "core-02"));
        _log.Append(Event(3, stack: "other"));
        _log.Append(Event(4, stack: null, service: null, node: "core-01"));
        _log.Append(Event(5, grid: "second"));

        Assert.Equal(["1", "2"], Read(Ask() with { Stack = "shop" }));
        Assert.Equal(["1"], Read(Ask() with { Stack = "shop", Service = "web" }));
        Assert.Equal(["1", "4"], Read(Ask() with { AnyNode = ["core-01", "nope"] }));
        Assert.Equal(["2", "3"], Read(Ask() with { AnyService = ["shop/db", "other/web"] }));
        Assert.Equal(["1"], Read(Ask() with { AnyNode = ["core-01"], AnyStack = ["shop"] }));
        Assert.Empty(Read(Ask() with { AnyNode = [] }));
        Assert.Empty(Read(Ask() with { AnyService = ["x' OR '1'='1"] }));
    }

    [Fact]
    public void A_busy_grid_drives_out_nothing_of_another()
    {
        using var small = Open(kept: 100);
        small.Append(Event(1, grid: "quiet"));
        foreach (var number in Enumerable.Range(1, 450))
            small.Append(Event(number));

        var kept = small.Read(Ask(limit: 10_000));
        Assert.InRange(kept.Count, 100, 100 + EventLog.TrimEvery);
        Assert.Equal("450", kept[^1].Event.Message);
        Assert.Single(small.Read(Ask(grid: "quiet")));
    }

    [Fact]
    public void Everything_is_there_after_a_restart_and_ids_go_on_growing()
    {
        _log.Append(Event(1));
        var first = Assert.Single(_log.Read(Ask())).Id;
        _log.Dispose();

        _log = Open();
        _log.Append(Event(2));

        Assert.Equal(["1", "2"], Read(Ask()));
        Assert.Equal(["2"], Read(Ask() with { After = first }));
    }

    [Fact]
    public void Two_processes_share_the_file()
    {
        using var other = Open();
        _log.Append(Event(1));
        other.Append(Event(2));
        other.Append(Event(1));

        Assert.Equal(["1", "2"], Read(Ask()));
    }

    [Fact]
    public void A_damaged_file_is_left_aside()
    {
        _log.Dispose();
        Directory.CreateDirectory(Path.GetDirectoryName(FilePath)!);
        File.WriteAllText(FilePath, new string('x', 4096));

        _log = Open();
        _log.Append(Event(1));

        Assert.Equal(["1"], Read(Ask()));
        Assert.True(File.Exists(Path.ChangeExtension(FilePath, ".damaged")));
    }

    [Fact]
    public void A_place_where_nothing_can_be_written_is_named()
    {
        using var blocked = new EventLog(new EventLogOptions { File = "/proc/no/events.db" }, NullLogger<EventLog>.Instance);

        Assert.Contains("/proc/no/events.db", Assert.Throws<LogStoreException>(() => blocked.Append(Event(1))).Message, StringComparison.Ordinal);
        Assert.Contains("/proc/no/events.db", QueryEventsConsumer.Answer(blocked, Ask()).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, null, "limit is 0")]
    [InlineData(10_001, null, "limit is 10001")]
    [InlineData(10, "junk", "not the id of an event")]
    public void A_question_that_makes_no_sense_is_answered_with_the_reason(int limit, string? after, string reason) =>
        Assert.Contains(reason, QueryEventsConsumer.Answer(_log, Ask(limit) with { After = after }).Error, StringComparison.Ordinal);

    [Fact]
    public void What_is_no_event_is_not_kept()
    {
        _log.Append(Event(1) with { Id = "" });
        _log.Append(Event(1) with { Data = null! });

        Assert.Empty(Read(Ask()));
    }
}
