using Kontena.Contracts.Commands;
using Kontena.Contracts.Jobs;
using Kontena.Contracts.Messaging;
using Kontena.State;

namespace Kontena.Api.Tests.Jobs;

public sealed class RunTests : IAsyncLifetime
{
    private const string Runs = "/v1/services/main/shop/web/runs";
    private const string Id = "5a0000000000000000000e01";
    private ApiUnderTest _api = null!;

    public async ValueTask InitializeAsync()
    {
        _api = await ApiUnderTest.StartAsync();
        await _api.SeedAsync();
    }

    public ValueTask DisposeAsync() => _api.DisposeAsync();

    private async Task<ServiceRun> SeedAsync(string id = Id, RunState state = RunState.Running, DateTimeOffset? createdAt = null)
    {
        var snapshot = await _api.GetAsync("/v1/services/main/shop/web");
        Assert.Equal(200, snapshot.Status);
        var run = new ServiceRun
        {
            Id = id, Grid = "main", Stack = "shop", Service = "web", ServiceUid = Some.Service().Uid, Cause = RunCause.Person, State = state,
            Env = ["PASSWORD=secret"], Container = "shop.web-run-1", Node = "node-1", CreatedAt = createdAt ?? Some.Noon,
        };
        await _api.PutAsync(StateKeys.ServiceRun, "main", run);
        return run;
    }

    [Fact]
    public async Task A_run_is_asked_of_the_scheduler_and_shown_without_its_variables()
    {
        await SeedAsync();
        _api.Bus.Answer<StartRun>(_ => CommandResult.Done(Id));

        var answer = await _api.PostAsync(Runs, new { cmd = new[] { "ls" }, env = new[] { "A=1" }, timeout = "60" });

        Assert.Equal((200, Id, "running"), (answer.Status, (string?)answer.Json["id"], (string?)answer.Json["state"]));
        Assert.DoesNotContain("secret", answer.Json.ToJsonString(), StringComparison.Ordinal);
        var asked = _api.Bus.Single<StartRun>();
        Assert.Equal(("web", 60, false), (asked.Service, asked.Timeout, asked.AsScheduled));
        Assert.Equal(["ls"], asked.Cmd);
        Assert.Equal(["A=1"], asked.Env);
        Assert.Equal(Destination.Scheduler("main"), _api.Bus.DestinationOf<StartRun>());
    }

    [Fact]
    public async Task Refusals_and_wrong_types_are_errors_of_the_fields()
    {
        _api.Bus.Answer<StartRun>(_ => CommandResult.Refused(FieldError.At("timeout", "Timeout is out of range")));

        var refused = await _api.PostAsync(Runs, new { timeout = 0 });
        var wrong = await _api.PostAsync(Runs, new { cmd = "ls", timeout = "soon" });

        Assert.Equal((422, 422, 404), (refused.Status, wrong.Status, (await _api.PostAsync("/v1/services/main/shop/nothing/runs")).Status));
        Assert.Contains("out of range", refused.Error, StringComparison.Ordinal);
        Assert.Contains("cmd", wrong.Error, StringComparison.Ordinal);
        Assert.Contains("timeout", wrong.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_list_is_of_this_service_newest_first_and_one_of_another_is_not_found()
    {
        await SeedAsync("5a0000000000000000000e01", RunState.Succeeded, Some.Noon);
        await SeedAsync("5a0000000000000000000e00", RunState.Running, Some.Noon.AddMinutes(1));

        var list = (await _api.GetAsync(Runs)).Json["runs"]!.AsArray();

        Assert.Equal(["5a0000000000000000000e00", "5a0000000000000000000e01"], list.Select(run => (string?)run!["id"]));
        Assert.Equal([false, true], list.Select(run => (bool?)run!["finished"] ?? false));
        Assert.Equal(200, (await _api.GetAsync($"{Runs}/{Id}")).Status);
        Assert.Equal(404, (await _api.GetAsync($"/v1/services/main/shop/db/runs/{Id}")).Status);
    }

    [Fact]
    public async Task A_service_with_a_schedule_shows_its_next_tick_and_its_last_run()
    {
        var spec = new ScheduleSpec { Cron = "@daily", TimeZone = "Europe/Helsinki" };
        var service = Some.Service();
        await _api.PutAsync(StateKeys.Service, "main", service with { Spec = service.Spec with { Schedule = spec } });
        await _api.PutAsync(StateKeys.ScheduleState, "main", new ScheduleState
        {
            Grid = "main", Stack = "shop", Service = "web", ServiceUid = service.Uid, Cron = spec.Cron, TimeZone = spec.TimeZone, DecidedUpTo = Some.Noon,
            NextTick = Some.Noon.AddHours(10), Reason = "no such zone", LastRun = Id,
        });
        await SeedAsync("5a0000000000000000000e01", RunState.Succeeded, Some.Noon);
        await SeedAsync("5a0000000000000000000e02", RunState.Skipped, Some.Noon.AddMinutes(1));

        var shown = (await _api.GetAsync("/v1/services/main/shop/web")).Json;

        Assert.Equal(("@daily", "Europe/Helsinki", "forbid", "2026-03-01T22:00:00.000Z", Id), (
            (string?)shown["schedule"]!["cron"], (string?)shown["schedule"]!["time_zone"], (string?)shown["schedule"]!["concurrency"],
            (string?)shown["schedule"]!["next_tick"], (string?)shown["schedule"]!["last_run"]!["id"]));
        Assert.Equal("no such zone", (string?)shown["schedule"]!["reason"]);
        Assert.Equal(0, (int?)shown["instances"]);
        Assert.DoesNotContain("schedule", (await _api.GetAsync("/v1/services/main/shop/db")).Json.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_that_its_deploys_run_has_no_instances_and_its_runs_say_so()
    {
        var service = Some.Service();
        await _api.PutAsync(StateKeys.Service, "main", service with { Spec = service.Spec with { RunAtDeploy = true } });
        await _api.PutAsync(StateKeys.ServiceRun, "main", await SeedAsync() with { DeployId = "5a0000000000000000000d01" });

        var shown = (await _api.GetAsync("/v1/services/main/shop/web")).Json;

        Assert.Equal((true, 0), ((bool?)shown["run_at_deploy"], (int?)shown["instances"]));
        Assert.Equal("deploy", (string?)(await _api.GetAsync($"{Runs}/{Id}")).Json["cause"]);
        Assert.DoesNotContain("run_at_deploy", (await _api.GetAsync("/v1/services/main/shop/db")).Json.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stop_is_asked_of_the_scheduler()
    {
        await SeedAsync();
        _api.Bus.Answer<StopRun>(_ => CommandResult.Done(Id));

        Assert.Equal(200, (await _api.PostAsync($"{Runs}/{Id}/stop")).Status);

        Assert.Equal(new StopRun { Grid = "main", RunId = Id, By = "admin" }, _api.Bus.Single<StopRun>());
    }
}
