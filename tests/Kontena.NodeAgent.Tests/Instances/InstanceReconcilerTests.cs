using Kontena.Contracts.Instances;
using Kontena.Contracts.Services;
using Kontena.Docker;
using Kontena.NodeAgent.Instances;
using Kontena.NodeAgent.Instances.Steps;
using Kontena.NodeAgent.Tests.Support;
using Xunit;

namespace Kontena.NodeAgent.Tests.Instances;

public class InstanceReconcilerTests
{
    private static readonly DateTimeOffset Now = Some.Noon.AddMinutes(1);

    private static readonly ResolvedImage One = new("d1", new ImageDetails("sha256:one", [], [], [], []));

    private static InstanceMemory ReadyMemory(ContainerSight seen) => new() { Generation = 1, Image = One, Ready = Start.Of(seen) };

    private static string[] Names(InstancePlan plan) => [.. plan.Steps.Select(step => step.GetType().Name)];

    [Fact]
    public void Nothing_is_done_for_a_container_that_nobody_ordered()
    {
        Assert.Empty(InstanceReconciler.Plan(null, Some.Container(), new InstanceMemory(), Now).Steps);
    }

    [Fact]
    public void A_missing_container_is_pulled_created_started_and_awaited()
    {
        var plan = InstanceReconciler.Plan(Some.Order(), null, new InstanceMemory(), Now);

        Assert.Equal(["PullImage", "EnsureNetwork", "CreateContainer", "StartContainer", "AwaitReady"], Names(plan));
    }

    [Fact]
    public void An_older_revision_is_replaced_only_after_the_new_image_is_here()
    {
        var order = Some.Order(Some.Spec(deployRev: "d2", revision: 2));

        var plan = InstanceReconciler.Plan(order, Some.Container(), new InstanceMemory(), Now);

        Assert.Equal(
            ["PullImage", "EnsureNetwork", "LeaveNames", "StopContainer", "RemoveContainer", "CreateContainer", "StartContainer", "AwaitReady"], Names(plan));
    }

    [Fact]
    public void A_new_deploy_of_the_same_revision_looks_at_the_image_first()
    {
        var order = Some.Order(Some.Spec(deployRev: "d2"));

        Assert.Equal(["PullImage"], Names(InstanceReconciler.Plan(order, Some.Container(), new InstanceMemory { Image = One }, Now)));
    }

    [Fact]
    public void A_new_deploy_with_the_same_image_keeps_the_container()
    {
        var seen = Some.Container();
        var memory = ReadyMemory(seen) with { Image = One with { DeployRev = "d2" } };

        Assert.Empty(InstanceReconciler.Plan(Some.Order(Some.Spec(deployRev: "d2")), seen, memory, Now).Steps);
    }

    [Fact]
    public void A_new_deploy_with_another_image_replaces_the_container()
    {
        var seen = Some.Container();
        var memory = ReadyMemory(seen) with { Image = new ResolvedImage("d2", new ImageDetails("sha256:two", [], [], [], [])) };

        Assert.Contains("RemoveContainer", Names(InstanceReconciler.Plan(Some.Order(Some.Spec(deployRev: "d2")), seen, memory, Now)));
    }

    [Fact]
    public void A_stop_keeps_the_container_and_runs_its_pre_stop_hooks()
    {
        var spec = Some.Spec() with { Hooks = [new ServiceHook("bye", "pre_stop", "true")] };

        var plan = InstanceReconciler.Plan(Some.Order(spec, desired: DesiredState.Stopped), Some.Container(), new InstanceMemory(), Now);

        Assert.Equal(["LeaveNames", "RunHook", "StopContainer"], Names(plan));
    }

    [Fact]
    public void A_hook_runs_only_for_the_instances_it_names()
    {
        var spec = Some.Spec() with { Hooks = [new ServiceHook("first", "pre_start", "true", "1"), new ServiceHook("other", "pre_start", "true", "2,3")] };

        var hooks = InstanceReconciler.Plan(Some.Order(spec), null, new InstanceMemory(), Now).Steps.OfType<RunHook>();

        Assert.Equal(["first"], hooks.Select(step => step.Hook.Name));
    }

    [Fact]
    public void A_one_shot_hook_that_ran_is_left_out()
    {
        var hook = new ServiceHook("migrate", "pre_start", "true", Oneshot: true);
        var order = Some.Order(Some.Spec() with { Hooks = [hook] }) with { HooksDone = [RunHook.MarkOf(hook)] };

        Assert.DoesNotContain("RunHook", Names(InstanceReconciler.Plan(order, null, new InstanceMemory(), Now)));
    }

    [Fact]
    public void An_exit_is_noted_before_anything_else()
    {
        Assert.Equal(["NoteExit"], Names(InstanceReconciler.Plan(Some.Order(), Some.Container(running: false), new InstanceMemory(), Now)));
    }

    [Fact]
    public void After_a_noted_exit_the_start_waits_for_its_back_off()
    {
        var seen = Some.Container(running: false);
        var memory = new InstanceMemory { NotedExit = Start.Of(seen), RetryAt = Now.AddSeconds(4) };

        var waits = InstanceReconciler.Plan(Some.Order(), seen, memory, Now);
        var starts = InstanceReconciler.Plan(Some.Order(), seen, memory, Now.AddSeconds(4));

        Assert.Empty(waits.Steps);
        Assert.Equal(Now.AddSeconds(4), waits.LookAgainAt);
        Assert.Equal(["StartContainer", "AwaitReady"], Names(starts));
    }

    [Fact]
    public void An_exit_from_before_the_order_is_no_failure()
    {
        var order = Some.Order() with { TakenAt = Some.Noon.AddSeconds(30) };

        Assert.Equal(["StartContainer", "AwaitReady"], Names(InstanceReconciler.Plan(order, Some.Container(running: false), new InstanceMemory(), Now)));
    }

    [Fact]
    public void The_end_of_a_container_that_is_to_be_replaced_is_no_failure()
    {
        var stopped = Some.Container(running: false);

        var plan = InstanceReconciler.Plan(Some.Order(Some.Spec(deployRev: "d2", revision: 2)), stopped, new InstanceMemory(), Now);

        Assert.DoesNotContain("NoteExit", Names(plan));
        Assert.Contains("CreateContainer", Names(plan));
    }

    [Fact]
    public void A_container_the_engine_could_not_start_is_made_anew()
    {
        var seen = Some.Container(running: false) with { State = "created", EngineError = "port is already allocated", StartedAt = null };

        Assert.Contains("RemoveContainer", Names(InstanceReconciler.Plan(Some.Order(), seen, new InstanceMemory { Image = One }, Now)));
    }

    [Fact]
    public void One_that_runs_though_its_start_broke_off_has_no_network_and_is_made_anew()
    {
        var seen = Some.Container() with { EngineError = "write .tmp-hostconfig.json: no space left on device" };

        Assert.Contains("CreateContainer", Names(InstanceReconciler.Plan(Some.Order(), seen, ReadyMemory(seen) with { Image = One }, Now)));
    }

    [Theory]
    [InlineData(10, true)]
    [InlineData(0, false)]
    public void A_restart_is_carried_out_unless_the_container_started_later(int secondsAfterNoon, bool restarts)
    {
        var seen = Some.Container();
        var order = Some.Order() with { RestartRequestedAt = Some.Noon.AddSeconds(secondsAfterNoon) };

        Assert.Equal(restarts, Names(InstanceReconciler.Plan(order, seen, ReadyMemory(seen), Now)).Contains("RestartContainer"));
    }

    [Fact]
    public void A_stateful_instance_ensures_its_volumes_and_keeps_unnamed_ones()
    {
        var order = Some.Order(Some.Spec(deployRev: "d2", revision: 2) with { Stateful = true });

        var plan = InstanceReconciler.Plan(order, Some.Container() with { Stateful = true }, new InstanceMemory(), Now);

        Assert.Contains("EnsureVolumes", Names(plan));
        Assert.False(Assert.Single(plan.Steps.OfType<RemoveContainer>()).AnonymousVolumes);
    }

    [Fact]
    public void Every_step_says_what_it_does()
    {
        var order = Some.Order(Some.Spec(deployRev: "d2", revision: 2) with { Stateful = true, Hooks = [new ServiceHook("h", "pre_start", "secret")] });

        var plan = InstanceReconciler.Plan(order, Some.Container(), new InstanceMemory(), Now);

        Assert.All(plan.Steps, step => Assert.NotEmpty(step.Describe()));
        Assert.All(plan.Steps, step => Assert.DoesNotContain("secret", step.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public void A_container_of_another_image_than_the_pinned_one_is_looked_at_and_replaced()
    {
        var seen = Some.Container() with { ImagePin = "app@sha256:two", ImageId = "sha256:two" };
        var order = Some.Order(Some.Spec() with { ImagePin = "app@sha256:one" });
        var looks = InstanceReconciler.Plan(order, seen, ReadyMemory(seen), Some.Noon.AddMinutes(1));
        Assert.Equal([new PullImage(order.Spec!.Image, "d1", "app@sha256:one")], looks.Steps);

        var other = new ResolvedImage("d1", new ImageDetails("sha256:one", [], [], [], []), "app@sha256:one");
        var replaces = InstanceReconciler.Plan(order, seen, ReadyMemory(seen) with { Image = other }, Some.Noon.AddMinutes(1));
        Assert.Contains(replaces.Steps, step => step is CreateContainer);

        // The same content under another digest, and a container of which nobody knows, stay.
        var same = other with { Details = new ImageDetails("sha256:two", [], [], [], []) };
        Assert.Empty(InstanceReconciler.Plan(order, seen, ReadyMemory(seen) with { Image = same }, Some.Noon.AddMinutes(1)).Steps);
        var unknown = seen with { ImagePin = null };
        Assert.Empty(InstanceReconciler.Plan(order, unknown, ReadyMemory(unknown), Some.Noon.AddMinutes(1)).Steps);
    }
}
