using Kontena.Contracts.Events;
using Kontena.Contracts.Instances;
using Kontena.Scheduler.Events;

namespace Kontena.Scheduler.Tests.Events;

public sealed class InstanceEventTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly Instance Web = new()
    {
        Id = "5a0000000000000000000101", Grid = "prod", Stack = "shop", Service = "web", ServiceUid = "uid", Number = 2, Node = "core-01", NodeId = "ID:1",
        Generation = 4, Desired = DesiredState.Running, CreatedAt = Noon, UpdatedAt = Noon,
    };

    private static InstanceObserved Seen(ObservedState state, string? container = "c1") => new()
    {
        Grid = "prod", Node = "core-01", NodeId = "ID:1", InstanceId = Web.Id, Generation = 4, Sequence = 1, State = state, ContainerId = container,
    };

    private static string[] Told(InstanceObserved? before, InstanceObserved? after) =>
        [.. InstanceEvents.Of(Web, before, after).Select(told => $"{told.Severity} {told.Type}: {told.Message}")];

    [Fact]
    public void A_container_is_told_from_its_creation_to_its_removal()
    {
        Assert.Empty(Told(null, Seen(ObservedState.Pulling, null)));
        Assert.Equal(["1 service:create_instance: service shop/web-2 instance created"], Told(Seen(ObservedState.Pulling, null), Seen(ObservedState.Starting)));
        Assert.Equal(["1 service:start_instance: service shop/web-2 instance started"], Told(Seen(ObservedState.Starting), Seen(ObservedState.Running)));
        Assert.Equal(["1 service:stop_instance: service shop/web-2 instance stopped"], Told(Seen(ObservedState.Stopping), Seen(ObservedState.Stopped)));
        Assert.Equal(["1 service:remove_instance: service shop/web-2 instance removed"], Told(Seen(ObservedState.Stopped), null));
        Assert.Empty(Told(Seen(ObservedState.Missing, null), null));
    }

    [Fact]
    public void Another_container_in_its_place_is_created_and_started() => Assert.Equal(
        ["1 service:create_instance: service shop/web-2 instance created", "1 service:start_instance: service shop/web-2 instance started"],
        Told(Seen(ObservedState.Running), Seen(ObservedState.Running, "c2")));

    [Fact]
    public void An_end_by_itself_is_a_crash_and_what_follows_a_restart()
    {
        var ended = Seen(ObservedState.Restarting) with { ExitCode = 1, Error = "exited with code 1; its last lines:\npassword=s3cr3t", Restarts = 1 };

        Assert.Equal(["2 service:instance_crash: service shop/web-2 instance exited with code 1"], Told(Seen(ObservedState.Running), ended));
        Assert.Empty(Told(ended, ended with { NextStartAt = Noon }));
        Assert.Equal(["3 service:instance_crash: service shop/web-2 instance was killed because it used all its memory"],
            Told(Seen(ObservedState.Running), ended with { OomKilled = true, CrashLooping = true }));
        Assert.Equal(["1 service:restart_instance: service shop/web-2 instance restarted: exited with code 1"],
            Told(ended, Seen(ObservedState.Running) with { Restarts = 2, RestartReason = "exited with code 1" }));
    }

    [Fact]
    public void Nothing_that_a_container_wrote_is_told()
    {
        var failed = Seen(ObservedState.Missing, null) with { Error = "hook migrate (pre_start) exited with code 1; its last lines:\npassword=s3cr3t" };

        Assert.Equal(["3 service:instance_error: service shop/web-2 hook migrate (pre_start) exited with code 1"], Told(Seen(ObservedState.Missing, null), failed));
        Assert.Empty(Told(failed, failed));
    }

    [Fact]
    public void Health_is_told_when_it_is_lost_and_when_it_is_back()
    {
        var bad = Seen(ObservedState.Running) with { Health = "unhealthy", HealthReason = "GET /health answered 500" };

        Assert.Equal(["2 service:health_check: service shop/web-2 instance is unhealthy: GET /health answered 500"], Told(Seen(ObservedState.Running), bad));
        Assert.Equal(["1 service:health_check: service shop/web-2 instance is healthy again"], Told(bad, Seen(ObservedState.Running) with { Health = "healthy" }));
        Assert.Empty(Told(Seen(ObservedState.Running), Seen(ObservedState.Running) with { Health = "healthy" }));
    }

    [Fact]
    public void It_names_stack_service_number_and_node()
    {
        var told = Assert.Single(InstanceEvents.Of(Web, Seen(ObservedState.Starting), Seen(ObservedState.Running)));

        Assert.Equal(("prod", "shop", "web", 2, "core-01"), (told.Grid, told.Stack, told.Service, told.Instance!.Value, told.Node));
    }
}
