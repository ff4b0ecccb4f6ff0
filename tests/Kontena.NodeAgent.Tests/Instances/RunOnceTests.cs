using Kontena.Contracts.Instances;
using Kontena.Docker;
using Kontena.NodeAgent.Instances;
using Kontena.NodeAgent.Tests.Support;
using Kontena.Testing.Docker;
using Xunit;

namespace Kontena.NodeAgent.Tests.Instances;

/// <summary>Instances that are started once.</summary>
public class RunOnceTests
{
    private static readonly DateTimeOffset Now = Some.Noon.AddMinutes(1);

    private static InstanceSpec Once(int? timeout = null) => Some.Spec() with { Name = "shop.web-run-1", RunOnce = new RunOnce(timeout) };

    private static string[] Names(InstancePlan plan) => [.. plan.Steps.Select(step => step.GetType().Name)];

    [Fact]
    public void Its_start_is_noted_before_it_is_made_and_nothing_waits_for_readiness()
    {
        var plan = InstanceReconciler.Plan(Some.Order(Once()), null, new InstanceMemory(), Now);

        Assert.Equal(["PullImage", "EnsureNetwork", "CreateContainer", "MarkBegun", "StartContainer"], Names(plan));
    }

    [Fact]
    public void A_container_that_was_made_and_not_started_is_started()
    {
        var made = Some.Container() with { State = "created", Running = false, StartedAt = null };
        var begun = Some.Order(Once()) with { HooksDone = [RunOncePlan.Mark] };

        Assert.Equal(["MarkBegun", "StartContainer"], Names(InstanceReconciler.Plan(begun, made, new InstanceMemory(), Now)));
    }

    [Fact]
    public void What_has_ended_is_never_started_again_whatever_is_remembered()
    {
        var ended = Some.Container(running: false);
        InstanceMemory[] memories = [new(), new() { NotedExit = Start.Of(ended) }, new() { Error = "anything", RetryAt = Now.AddMinutes(-1) }];

        foreach (var seen in new[] { ended, ended with { ExitCode = 0 }, ended with { OomKilled = true } })
        {
            Assert.All(memories, memory => Assert.DoesNotContain("StartContainer",
                Names(InstanceReconciler.Plan(Some.Order(Once()), seen, memory, Now))));
        }
    }

    [Fact]
    public void A_run_whose_container_has_vanished_is_over_and_says_so()
    {
        var begun = Some.Order(Once()) with { HooksDone = [RunOncePlan.Mark] };

        Assert.Empty(InstanceReconciler.Plan(begun, null, new InstanceMemory(), Now).Steps);
        Assert.Contains("has gone", RunOncePlan.Problem(begun, null), StringComparison.Ordinal);
    }

    [Fact]
    public void It_is_stopped_when_its_time_is_up_and_looked_at_then()
    {
        var order = Some.Order(Once(timeout: 90));
        var running = Some.Container();
        var until = running.StartedAt!.Value.AddSeconds(90);

        Assert.Equal(until, InstanceReconciler.Plan(order, running, new InstanceMemory(), until.AddSeconds(-1)).LookAgainAt);
        Assert.Equal(["StopContainer"], Names(InstanceReconciler.Plan(order, running, new InstanceMemory(), until)));
    }

    [Fact]
    public void Its_container_stays_until_its_output_is_read()
    {
        var order = Some.Order(Once(), desired: DesiredState.Removed);
        var ended = Some.Container(running: false);

        Assert.Equal(["StopContainer"], Names(InstanceReconciler.Plan(order, Some.Container(), new InstanceMemory(), Now)));
        Assert.Equal(ended.FinishedAt!.Value.AddSeconds(5), InstanceReconciler.Plan(order, ended, new InstanceMemory(), ended.FinishedAt!.Value.AddSeconds(1)).LookAgainAt);
        Assert.Equal(["RemoveContainer", "ConfirmRemoval"], Names(InstanceReconciler.Plan(order, ended, new InstanceMemory(), Now)));
    }

    [Fact]
    public async Task An_end_is_reported_with_its_code_and_last_lines_and_followed_by_nothing()
    {
        var engine = new FakeContainerEngine { ExitAtStart = _ => 3 };
        engine.AddImage(TinyImages.Tiny1);
        await using var agent = await AgentHarness.StartAsync(engine);

        await agent.ApplyAsync(Once());
        var ended = await agent.ObserveAsync(seen => seen.State == ObservedState.Stopped);
        agent.Supervisor.LookNow();

        Assert.Equal((3, 0), (ended.ExitCode, ended.Restarts));
        Assert.NotNull(ended.StartedAt);
        Assert.NotNull(ended.FinishedAt);
        Assert.Contains("exited with code 3", ended.Error, StringComparison.Ordinal);
        await agent.RemoveAsync(Once(), 2);
        await agent.ObserveAsync(seen => seen.State == ObservedState.Removed);
        Assert.Single(engine.Calls.Recorded, call => call.Operation == "StartContainer");
    }

    [Fact]
    public async Task A_restarted_agent_finds_it_again_and_reports_the_end_it_missed()
    {
        var engine = new FakeContainerEngine();
        engine.AddImage(TinyImages.Tiny1);
        string directory;
        await using (var first = await AgentHarness.StartAsync(engine))
        {
            await first.ApplyAsync(Once());
            await first.ObserveAsync(seen => seen.State == ObservedState.Running);
            directory = first.Directory;
        }

        engine.Die("shop.web-run-1", 7);
        await using var second = await AgentHarness.StartAsync(engine, directory);
        var ended = await second.ObserveAsync(seen => seen.State == ObservedState.Stopped);

        Assert.Equal(7, ended.ExitCode);
        Assert.Single(engine.Calls.Recorded, call => call.Operation == "StartContainer");
    }

    [Fact]
    public async Task One_that_is_removed_by_hand_is_not_made_again()
    {
        var engine = new FakeContainerEngine();
        engine.AddImage(TinyImages.Tiny1);
        await using var agent = await AgentHarness.StartAsync(engine);
        await agent.ApplyAsync(Once());
        var running = await agent.ObserveAsync(seen => seen.State == ObservedState.Running);

        await engine.RemoveContainerAsync(running.ContainerId!, force: true, anonymousVolumes: true, TestContext.Current.CancellationToken);
        agent.Supervisor.LookNow();
        var gone = await agent.ObserveAsync(seen => seen is { State: ObservedState.Stopped, ContainerId: null });

        Assert.Contains("has gone", gone.Error, StringComparison.Ordinal);
        Assert.Single(engine.Calls.Recorded, call => call.Operation == "CreateContainer");
    }
}
