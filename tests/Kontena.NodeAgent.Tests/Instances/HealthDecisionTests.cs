using Kontena.Contracts.Instances;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Services;
using Kontena.NodeAgent.Health;
using Kontena.NodeAgent.Instances;
using Kontena.NodeAgent.Instances.Steps;
using Kontena.NodeAgent.Tests.Support;
using Xunit;

namespace Kontena.NodeAgent.Tests.Instances;

/// <summary>What follows from a check's finding, and what is told of it.</summary>
public class HealthDecisionTests
{
    private static readonly DateTimeOffset Now = Some.Noon.AddMinutes(1);
    private static readonly HealthCheckSpec Check = new("http", 80);
    private static readonly ContainerSight Seen = Some.Container();

    private static readonly InstanceSpec Checked = Some.Spec() with { HealthCheck = Check };

    private static InstanceMemory Memory(CheckFinding? health = null, CheckFinding? readiness = null) => new()
    {
        Generation = 1,
        Ready = Start.Of(Seen),
        HealthFinding = health,
        ReadinessFinding = readiness,
    };

    private static CheckFinding Found(bool ready = false, bool failing = false, bool exhausted = false) =>
        new(Start.Of(Seen), ready, failing, exhausted, ready ? null : "GET http://10.81.1.2:80/: status 503", Now);

    private static InstancePlan Plan(InstanceSpec spec, InstanceMemory memory, ContainerSight? seen = null, DateTimeOffset? now = null) =>
        InstanceReconciler.Plan(Some.Order(spec), seen ?? Seen, memory, now ?? Now);

    private static InstanceObserved Observe(InstanceSpec spec, InstanceMemory memory, ContainerSight? seen = null) => InstanceObservation.Of(
        Some.Id(1), "engine", new NodeJoined { Grid = "test", Node = "n", Number = 1, GridSubnet = "", NodeSubnet = "" }, Some.Order(spec), seen ?? Seen, memory, null, Now);

    [Fact]
    public void Without_a_check_a_settled_container_serves()
    {
        Assert.True(Observe(Some.Spec(), Memory()).Ready);
        Assert.Empty(Plan(Some.Spec(), Memory()).Steps);
        Assert.Null(Plan(Some.Spec(), Memory()).LookAgainAt);
    }

    [Fact]
    public void With_a_check_it_serves_from_the_first_success_on()
    {
        Assert.Equal((false, null), (Observe(Checked, Memory()).Ready, Observe(Checked, Memory()).Health));
        Assert.Equal((true, "healthy"), (Observe(Checked, Memory(Found(ready: true))).Ready, Observe(Checked, Memory(Found(ready: true))).Health));
    }

    [Fact]
    public void A_failed_check_takes_it_out_and_restarts_nothing_before_it_has_failed_often_enough()
    {
        var memory = Memory(Found(failing: true));
        var told = Observe(Checked, memory);

        Assert.Equal((false, "unhealthy", "GET http://10.81.1.2:80/: status 503"), (told.Ready, told.Health, told.HealthReason));
        Assert.Empty(Plan(Checked, memory).Steps);
    }

    [Fact]
    public void One_that_failed_often_enough_is_counted_then_restarted_after_its_pause()
    {
        var memory = Memory(Found(failing: true, exhausted: true));
        var note = Assert.IsType<NoteUnhealthy>(Assert.Single(Plan(Checked, memory).Steps));
        Assert.Equal("unhealthy: GET http://10.81.1.2:80/: status 503", note.Reason);

        var noted = memory with { NotedExit = Start.Of(Seen), RetryAt = Now.AddSeconds(4) };
        Assert.Empty(Plan(Checked, noted).Steps);
        Assert.IsType<RestartContainer>(Plan(Checked, noted, now: Now.AddSeconds(5)).Steps[0]);
    }

    [Fact]
    public void A_finding_about_an_earlier_start_says_nothing()
    {
        var again = Seen with { StartedAt = Seen.StartedAt!.Value.AddSeconds(30) };
        var memory = Memory(Found(failing: true, exhausted: true)) with { Ready = Start.Of(again) };

        Assert.Empty(Plan(Checked, memory, again).Steps);
        Assert.Null(Observe(Checked, memory, again).Health);
    }

    [Fact]
    public void A_readiness_check_decides_alone_and_never_restarts()
    {
        var spec = Checked with { ReadinessCheck = Check with { Uri = "/ready" } };
        var memory = Memory(Found(ready: true), Found(failing: true, exhausted: true));

        Assert.Empty(Plan(spec, memory).Steps);
        Assert.Equal((false, "healthy"), (Observe(spec, memory).Ready, Observe(spec, memory).Health));
        Assert.True(Observe(spec, Memory(null, Found(ready: true))).Ready);
    }

    [Theory]
    [InlineData("starting", false, null)]
    [InlineData("healthy", true, "healthy")]
    [InlineData("unhealthy", false, "unhealthy")]
    public void The_images_own_check_counts_when_the_service_has_none(string health, bool ready, string? told)
    {
        var seen = Seen with { Health = health, HealthOutput = "no route" };
        var observed = Observe(Some.Spec(), Memory(), seen);
        var steps = Plan(Some.Spec(), Memory(), seen).Steps;

        Assert.Equal((ready, told), (observed.Ready, observed.Health));
        Assert.Equal(health == "unhealthy", steps is [NoteUnhealthy { Reason: "unhealthy: the image's HEALTHCHECK says: no route" }]);
    }

    [Fact]
    public void The_images_own_check_gives_way_to_the_services_and_to_none()
    {
        var seen = Seen with { Health = "unhealthy" };
        var none = Some.Spec() with { IgnoreImageHealthCheck = true };

        Assert.Empty(Plan(Checked, Memory(Found(ready: true)), seen).Steps);
        Assert.True(Observe(Checked, Memory(Found(ready: true)), seen).Ready);
        Assert.Empty(Plan(none, Memory(), seen).Steps);
        Assert.True(Observe(none, Memory(), seen).Ready);
    }

    [Fact]
    public void One_that_is_never_ready_is_an_error_when_its_time_is_over_and_only_once()
    {
        var memory = Memory(Found());
        var plan = Plan(Checked, memory);
        Assert.Empty(plan.Steps);
        Assert.Equal(Seen.StartedAt!.Value.AddSeconds(310), plan.LookAgainAt);

        var late = Assert.IsType<NoteLate>(Assert.Single(Plan(Checked, memory, now: plan.LookAgainAt!.Value).Steps));
        Assert.Contains("status 503", late.Reason, StringComparison.Ordinal);
        Assert.Empty(Plan(Checked, memory with { Error = "not ready" }, now: plan.LookAgainAt.Value).Steps);
    }

    [Fact]
    public void One_that_served_before_has_no_time_to_run_out()
    {
        var plan = Plan(Checked, Memory(Found(failing: true)) with { Served = Start.Of(Seen) }, now: Now.AddHours(1));
        Assert.Equal((0, null), (plan.Steps.Count, plan.LookAgainAt));
    }

    [Fact]
    public void A_crash_loop_is_told_with_its_reason_and_the_next_start()
    {
        var history = RestartHistory.None;
        for (var second = 0; second < 5; second++)
            (history, _) = history.After("exited with code 1", Now.AddSeconds(second - 5), TimeSpan.Zero);
        var died = Some.Container(running: false);
        var told = Observe(Some.Spec(), new InstanceMemory { Generation = 1, History = history, NotedExit = Start.Of(died), Restarts = 5, RetryAt = Now.AddSeconds(16) }, died);

        Assert.Equal((ObservedState.Restarting, true, "exited with code 1"), (told.State, told.CrashLooping, told.RestartReason));
        Assert.Equal(Now.AddSeconds(16), told.NextStartAt);
    }
}
