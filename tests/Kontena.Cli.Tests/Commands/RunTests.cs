using Kontena.Cli.Tests.Support;

namespace Kontena.Cli.Tests.Commands;

public sealed class RunTests : CliTest
{
    private const string Runs = "/v1/services/main/shop/web/runs";
    private const string Id = "5a0000000000000000000e01";
    private const string One = $"{Runs}/{Id}";
    private const string Logs = "/v1/services/main/shop/web/container_logs?container=shop.web-run-1&limit=1000&from=";

    private static string Run(string state, string more = "") =>
        $$"""{"id":"{{Id}}","cause":"person","state":"{{state}}","container":"shop.web-run-1","node":"core-01","created_at":"2026-03-01T12:00:00Z"{{more}}}""";

    private static string Ended(string state, int code, string more = "") => Run(
        state, $$""","finished":true,"started_at":"2026-03-01T12:00:01Z","finished_at":"2026-03-01T12:00:03Z","exit_code":{{code}}{{more}}""");

    private static string Line(string id, string stream, string text) =>
        $$"""{"id":"{{id}}","name":"shop.web-run-1","type":"{{stream}}","data":"{{text}}","created_at":"2026-03-01T12:00:02Z"}""";

    [Fact]
    public async Task Its_output_comes_out_as_it_went_in_and_its_exit_code_is_ours()
    {
        Master.On("POST", Runs, Run("starting")).On("GET", One, Run("running", """,  "started_at":"2026-03-01T12:00:01.000Z" """), Ended("failed", 32))
            .On("GET", $"{Logs}000000000000000000000000&since=2026-03-01T11:59:01Z", $$"""{"logs":[{{Line("000000000000000000000001", "stdout", "a\\n")}},{{Line("000000000000000000000002", "stderr", "oops")}}]}""")
            .On("GET", $"{Logs}000000000000000000000002", $$"""{"logs":[{{Line("000000000000000000000003", "stdout", "late")}}]}""")
            .On("GET", $"{Logs}000000000000000000000003", """{"logs":[]}""");

        Assert.Equal(32, await RunAsync("service", "run", "-e", "A=1", "--timeout", "90s", "shop/web", "--", "rake", "db:migrate"));

        Assert.Equal("a\nlate\n", Out);
        Assert.Equal("oops\n", Error);
        Assert.Equal("""{"cmd":["rake","db:migrate"],"env":["A=1"],"timeout":90,"keep":null,"as_scheduled":null}""", Master.Seen[0].Body);
    }

    [Fact]
    public async Task Detached_only_its_id_is_printed()
    {
        Master.On("POST", Runs, Run("starting"));

        Assert.Equal(0, await RunAsync("service", "run", "--detach", "shop/web"));

        Assert.Equal($"{Id}\n", Out);
        Assert.Single(Master.Seen);
    }

    [Fact]
    public async Task One_that_could_not_be_started_says_why()
    {
        Master.On("POST", Runs, Run("failed", """, "finished":true, "reason":"no such image" """));

        Assert.Equal(1, await RunAsync("service", "run", "shop/web"));

        Assert.Contains("failed: no such image", Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_it_waits_for_and_how_it_ended_is_told_each_once()
    {
        Master.On("POST", Runs, Run("waiting", """, "reason":"waits for a node: none has the label ssd" """))
            .On("GET", One, Run("starting", """, "reason":"the registry answers 503" """), Run("starting", """, "reason":"the registry answers 503" """),
                Ended("failed", 3, """, "reason":"exited with code 3 after 0.2 s; its last lines:\nboom" """))
            .On("GET", $"{Logs}000000000000000000000000&since=2026-03-01T11:59:01Z", $$"""{"logs":[{{Line("000000000000000000000001", "stdout", "boom")}}]}""")
            .On("GET", $"{Logs}000000000000000000000001", """{"logs":[]}""");

        Assert.Equal(3, await RunAsync("service", "run", "shop/web"));

        Assert.Equal(
            $" [warn] waits for a node: none has the label ssd\n [warn] the registry answers 503\n [warn] run {Id} failed: exited with code 3 after 0.2 s\n", Error);
        Assert.Equal("boom\n", Out);
    }

    [Fact]
    public async Task A_schedule_is_given_and_taken_away_by_the_options_of_the_file()
    {
        Master.On("POST", "/v1/grids/main/services", Some.Service()).On("PUT", "/v1/services/main/null/backup", Some.Service());

        Assert.Equal(0, await RunAsync("service", "create", "--schedule", "30 3 * * *", "--time-zone", "Europe/Helsinki", "--concurrency", "allow", "--history", "5",
            "--starting-deadline", "90s", "backup", "acme/backup:2"));
        Assert.Equal(0, await RunAsync("service", "update", "--schedule", "none", "backup"));
        Assert.Equal(1, await RunAsync("service", "update", "--starting-deadline", "soon", "backup"));

        Assert.Contains("\"schedule\":\"30 3 * * *\",\"time_zone\":\"Europe/Helsinki\",\"concurrency\":\"allow\",\"history\":5,\"starting_deadline\":90", Master.Seen[0].Body,
            StringComparison.Ordinal);
        Assert.Contains("\"schedule\":\"none\"", Master.Seen[1].Body, StringComparison.Ordinal);
        Assert.Contains("option '--starting-deadline': invalid value 'soon'", Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_took_too_long_is_not_taken_for_its_exit_code()
    {
        Master.On("POST", Runs, Ended("failed", 137, """, "timeout":2, "reason":"did not end within 2 s and was stopped (exit code 137)" """))
            .On("GET", $"{Logs}000000000000000000000000&since=2026-03-01T11:59:01Z", """{"logs":[]}""");

        Assert.Equal(1, await RunAsync("service", "run", "--timeout", "2s", "shop/web"));

        Assert.Contains("did not end within 2 s", Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_timeout_that_is_none_is_refused_before_anything_is_asked()
    {
        Assert.Equal(1, await RunAsync("service", "run", "--timeout", "soon", "shop/web"));

        Assert.Contains("invalid value 'soon'", Error, StringComparison.Ordinal);
        Assert.Empty(Master.Seen);
    }

    [Fact]
    public async Task Run_now_asks_for_what_the_schedule_would_start()
    {
        Master.On("POST", Runs, Run("starting"));

        Assert.Equal(0, await RunAsync("service", "run-now", "--detach", "shop/web"));

        Assert.Equal("""{"cmd":null,"env":null,"timeout":null,"keep":null,"as_scheduled":true}""", Master.Seen[0].Body);
    }

    [Fact]
    public async Task A_run_that_nobody_follows_is_stopped_by_its_id()
    {
        Master.On("POST", $"{One}/stop", Run("running"));

        Assert.Equal(0, await RunAsync("service", "run-stop", "shop/web", Id));

        Assert.Contains($"Run {Id} is told to stop", Error, StringComparison.Ordinal);
        Assert.Contains("Next: kontena service runs shop/web", Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_run_that_had_ended_before_is_said_to_have()
    {
        Master.On("POST", $"{One}/stop", Ended("succeeded", 0));

        Assert.Equal(0, await RunAsync("service", "run-stop", "shop/web", Id));

        Assert.Contains($"Run {Id} has ended: succeeded", Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_schedule_stands_where_instances_would()
    {
        var service = Some.Service(running: 0, instances: 0).TrimEnd()[..^1] + """, "schedule":{"cron":"@daily","time_zone":"UTC","concurrency":"forbid","history":10,"starting_deadline":3600,"next_tick":null}}""";
        Master.On("GET", "/v1/grids/main/services", $$"""{"services":[{{service}}]}""").On("GET", "/v1/services/main/shop/web", service)
            .On("GET", "/v1/services/main/shop/web/instances", """{"instances":[]}""").On("GET", "/v1/services/main/shop/web/containers", """{"containers":[]}""");

        Assert.Equal(0, await RunAsync("service", "ls"));
        Assert.Matches(@"shop/web +paused +no +scheduled", Out);
        Assert.Equal(0, await RunAsync("service", "show", "shop/web"));
        Assert.Contains("next_tick: none while the service is stopped", Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_schedule_that_is_not_carried_out_says_why()
    {
        var service = Some.Service(running: 0, instances: 0).TrimEnd()[..^1] + """, "schedule":{"cron":"@daily","time_zone":"Mars/Olympus","concurrency":"forbid","history":10,"starting_deadline":3600,"next_tick":null,"reason":"no such zone"}}""";
        Master.On("GET", "/v1/grids/main/services", $$"""{"services":[{{service}}]}""").On("GET", "/v1/services/main/shop/web", service)
            .On("GET", "/v1/services/main/shop/web/instances", """{"instances":[]}""").On("GET", "/v1/services/main/shop/web/containers", """{"containers":[]}""");

        Assert.Equal(0, await RunAsync("service", "ls"));
        Assert.Matches(@"shop/web +not carried out +no +scheduled", Out);
        Assert.Equal(0, await RunAsync("service", "show", "shop/web"));
        Assert.Contains("not carried out: no such zone", Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_list_has_a_line_for_each()
    {
        Master.On("GET", Runs, $$"""{"runs":[{{Ended("failed", 3, """, "reason":"exited with code 3; its last lines:\nboom" """)}}]}""");

        Assert.Equal(0, await RunAsync("service", "runs", "shop/web"));

        Assert.Contains("RUN ", Out, StringComparison.Ordinal);
        Assert.Matches($@"{Id} +person +- .* 2 s +failed +3 +core-01 +exited with code 3; its last lines:", Out);
        Assert.DoesNotContain("boom", Out, StringComparison.Ordinal);
    }
}
