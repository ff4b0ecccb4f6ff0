using Kontena.Contracts.Stats;

namespace Kontena.Api.Tests.Stats;

/// <summary>What was measured over a stretch of time (rest-api.md §18.2).</summary>
public sealed class MetricsTests(SeededApi seeded) : IClassFixture<SeededApi>
{
    private const string Stretch = "from=2017-01-01T12:15:00Z&to=2017-01-01%2012:20:00%20UTC";
    private static readonly DateTimeOffset At = new(2017, 1, 1, 12, 16, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("/v1/grids/main/metrics", null, null, null)]
    [InlineData("/v1/nodes/main/core-01/metrics", "core-01", null, null)]
    [InlineData("/v1/nodes/main/ABCD:0001/metrics", "core-01", null, null)]
    [InlineData("/v1/services/main/shop/web/metrics", null, "shop", "web")]
    public async Task Each_path_asks_for_its_own(string path, string? node, string? stack, string? service)
    {
        QueryMetrics? asked = null;
        seeded.Api.Bus.Answer<QueryMetrics>(query =>
        {
            asked = query;
            return new MetricsHistory();
        });

        var answer = await seeded.Api.GetAsync($"{path}?{Stretch}");

        Assert.Equal("""{"from":"2017-01-01T12:15:00.000Z","to":"2017-01-01T12:20:00.000Z","stats":[]}""", answer.Text);
        Assert.Equal(new QueryMetrics { Grid = "main", Node = node, Stack = stack, Service = service, From = At.AddMinutes(-1), To = At.AddMinutes(4) }, asked);
    }

    [Fact]
    public async Task A_row_is_as_clients_know_it()
    {
        seeded.Api.Bus.Answer<QueryMetrics>(_ => new MetricsHistory
        {
            Minutes =
            [
                new MetricsMinute
                {
                    At = At, CpuUsed = 12.5, Cores = 2, MemoryUsed = 1, MemoryTotal = 2, MemoryFree = 3, MemoryActive = 4, MemoryInactive = 5, MemoryCached = 6, MemoryBuffers = 7,
                    DiskUsed = 8, DiskTotal = 9, Internal = new NetworkReading { Interfaces = ["kontena-w0a1b2c"], RxBytes = 10, RxBytesPerSecond = 1.5, TxBytes = 11, TxBytesPerSecond = 2 },
                },
            ],
        });

        var answer = await seeded.Api.GetAsync($"/v1/grids/main/metrics?{Stretch}");

        Assert.Equal(
            """{"timestamp":"2017-01-01T12:16:00.000+00:00","cpu":{"used":12.5,"cores":2}"""
            + ""","memory":{"used":1,"total":2,"free":3,"active":4,"inactive":5,"cached":6,"buffers":7},"filesystem":{"used":8,"total":9}"""
            + ""","network":{"internal":{"interfaces":["kontena-w0a1b2c"],"rx_bytes":10,"rx_bytes_per_second":1.5,"tx_bytes":11,"tx_bytes_per_second":2}"""
            + ""","external":{"interfaces":[],"rx_bytes":0,"rx_bytes_per_second":0,"tx_bytes":0,"tx_bytes_per_second":0}}}""",
            answer.Json["stats"]![0]!.ToJsonString(new System.Text.Json.JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
    }

    [Fact]
    public async Task A_service_has_no_filesystem()
    {
        seeded.Api.Bus.Answer<QueryMetrics>(_ => new MetricsHistory { Minutes = [new MetricsMinute { At = At }] });

        var answer = await seeded.Api.GetAsync($"/v1/services/main/shop/web/metrics?{Stretch}");

        Assert.Equal("timestamp cpu memory network", Answer.KeysOf(answer.Json["stats"]![0]));
    }

    [Theory]
    [InlineData("", 60)]
    [InlineData("?from&to", 60)]
    [InlineData("?to=2017-01-01T12:15:00Z", 60)]
    [InlineData("?from=2017-01-01T12:15:00Z&to=2017-01-01T12:15:00Z", 0)]
    [InlineData("?from=2017-01-01T12:15:00Z&to=2017-01-02T12:15:00Z", 24 * 60)]
    public async Task An_hour_is_meant_when_nothing_else_is_said(string query, double minutes)
    {
        TimeSpan? asked = null;
        seeded.Api.Bus.Answer<QueryMetrics>(question =>
        {
            asked = question.To - question.From;
            return new MetricsHistory();
        });

        Assert.Equal(200, (await seeded.Api.GetAsync("/v1/grids/main/metrics" + query)).Status);
        Assert.Equal(TimeSpan.FromMinutes(minutes), asked);
    }

    [Theory]
    [InlineData("?from=yesterday-ish&to=never", """{"to":"'never' is no time; 2017-01-01T12:15:00Z is one","from":"'yesterday-ish' is no time; 2017-01-01T12:15:00Z is one"}""")]
    [InlineData("?from=2017-01-02T12:15:00Z&to=2017-01-01T12:15:00Z", """{"from":"is after to, which is 2017-01-01T12:15:00Z; give an earlier one"}""")]
    [InlineData("?from=2017-01-01T12:15:00Z&to=2017-01-02T12:15:01Z", """{"from":"is more than 24 hours before to, which is 2017-01-02T12:15:01Z; ask in parts"}""")]
    public async Task A_stretch_that_makes_no_sense_is_refused_with_all_that_is_wrong(string query, string error)
    {
        var answer = await seeded.Api.GetAsync("/v1/grids/main/metrics" + query);

        Assert.Equal(422, answer.Status);
        Assert.Equal(System.Text.Json.Nodes.JsonNode.Parse(error)!.ToJsonString(), answer.Error);
    }

    [Theory]
    [InlineData("?to=0001-01-01T00:00:00Z", 200)]
    [InlineData("?from=9999-12-31T23:30:00Z&to=9999-12-31T23:59:59Z", 200)]
    [InlineData("?from=9999-12-31T23:59:59Z", 422)]
    public async Task The_ends_of_the_calendar_stop_nothing(string query, int status)
    {
        seeded.Api.Bus.Answer<QueryMetrics>(_ => new MetricsHistory());

        Assert.Equal(status, (await seeded.Api.GetAsync("/v1/grids/main/metrics" + query)).Status);
    }

    [Fact]
    public async Task Without_an_answer_it_says_who_is_away()
    {
        seeded.Api.Bus.Answer(new Func<QueryMetrics, object>(_ => throw new TimeoutException()));

        var answer = await seeded.Api.GetAsync("/v1/grids/main/metrics");

        Assert.Equal(503, answer.Status);
        Assert.StartsWith("The log-collector did not answer", (string?)answer.Json["error"]);
    }

    [Fact]
    public async Task What_the_log_collector_can_not_add_up_is_said_in_its_words()
    {
        seeded.Api.Bus.Answer<QueryMetrics>(_ => new MetricsHistory { Error = "too much; ask for less" });

        Assert.Equal((422, """{"from":"too much; ask for less"}"""), await StatusAsync("/v1/grids/main/metrics"));
    }

    [Theory]
    [InlineData("/v1/grids/nope/metrics")]
    [InlineData("/v1/nodes/main/core-09/metrics")]
    [InlineData("/v1/services/main/shop/nope/metrics")]
    public async Task What_is_not_there_has_no_history(string path) => Assert.Equal(404, (await seeded.Api.GetAsync(path)).Status);

    private async Task<(int Status, string Error)> StatusAsync(string path)
    {
        var answer = await seeded.Api.GetAsync(path);
        return (answer.Status, answer.Error);
    }
}
