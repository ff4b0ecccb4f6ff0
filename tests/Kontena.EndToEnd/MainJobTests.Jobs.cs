using Kontena.EndToEnd.Platform;
using Xunit;

namespace Kontena.EndToEnd;

/// <summary>What is run once: by a person, by a schedule, by a deploy.</summary>
public abstract partial class MainJobTests
{
    [Fact]
    public async Task A_run_gives_its_output_and_its_exit_code()
    {
        var run = await _platform.KontenaAsync("service", "run", "-e", "WORD=said", "hello/web", "--", "/bin/sh", "-c", "echo $WORD; echo aside >&2; exit 7");

        Assert.True(run.ExitCode == 7, run.ToString());
        Assert.Equal("said\n", run.Stdout);
        Assert.Contains("aside\n", run.Stderr, StringComparison.Ordinal);
        Assert.Contains("exited with code 7", await _platform.MustAsync("service", "runs", "hello/web"), StringComparison.Ordinal);
        await Until.TrueAsync("its container is gone", async () =>
            (await _platform.ContainersAsync("hello")).All(one => !one.Name.Contains("-run-", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_schedule_is_given_run_now_remembered_and_taken_away()
    {
        await _platform.MustAsync(
            "service", "create", "--schedule", "0 0 1 1 *", "--time-zone", "Europe/Helsinki", "--cmd", "/bin/sh -c 'echo backed up'", "backup", "kontena-examples/web:1");
        await _platform.MustAsync("service", "deploy", "backup");
        Assert.Contains("time_zone: Europe/Helsinki", await _platform.MustAsync("service", "show", "backup"), StringComparison.Ordinal);

        Assert.Equal("backed up\n", await _platform.MustAsync("service", "run-now", "backup"));

        Assert.Matches("run-now +- .* succeeded +0 ", await _platform.MustAsync("service", "runs", "backup"));
        Assert.Contains("state: succeeded", await _platform.MustAsync("service", "show", "backup"), StringComparison.Ordinal);
        await LogsSayAsync("backed up", "service", "logs", "backup");

        await _platform.MustAsync("service", "update", "--schedule", "none", "backup");
        Assert.DoesNotContain("time_zone", await _platform.MustAsync("service", "show", "backup"), StringComparison.Ordinal);
        await _platform.MustAsync("service", "rm", "--force", "backup");
    }

    [Fact]
    public async Task What_is_to_be_completed_runs_before_those_that_wait_for_it()
    {
        var file = WriteMigrating("echo migrated", version: 1);
        Assert.Contains("migrating.migrate-run", await _platform.MustAsync("stack", "plan", file), StringComparison.Ordinal);

        await _platform.MustAsync("stack", "install", file);

        Assert.Matches("deploy .* succeeded +0 ", await _platform.MustAsync("service", "runs", "migrating/migrate"));
        await LogsSayAsync("migrated", "service", "logs", "migrating/migrate");
        var web = Assert.Single(await _platform.ContainersAsync("migrating"), one => one.Name == "migrating.web-1");

        var failed = await _platform.KontenaAsync("stack", "upgrade", "--force", "migrating", WriteMigrating("echo table users is locked; exit 3", version: 2));

        Assert.True(failed.ExitCode != 0, failed.ToString());
        Assert.Contains("exited with code 3", failed.Stderr, StringComparison.Ordinal);
        Assert.Contains("table users is locked", failed.Stderr, StringComparison.Ordinal);
        Assert.Equal(web.Id, Assert.Single(await _platform.ContainersAsync("migrating"), one => one.Name == "migrating.web-1").Id);
        await RemoveAsync("migrating");
    }

    private string WriteMigrating(string script, int version) => _platform.Write("migrating/kontena.yml", $$"""
        stack: test/migrating
        version: 0.{{version}}.0
        services:
          web:
            image: kontena-examples/web:1
            environment: ["GREETING=version {{version}}"]
            depends_on:
              migrate: { condition: service_completed_successfully }
          migrate:
            image: kontena-examples/web:1
            command: "/bin/sh -c '{{script}}'"
        """);
}
