using Kontena.Contracts.Instances;
using Kontena.Docker;
using Kontena.NodeAgent.Instances;
using Kontena.NodeAgent.Tests.Support;
using Kontena.Testing.Docker;
using Xunit;

namespace Kontena.NodeAgent.Tests.Instances;

/// <summary>The supervisor over an engine in memory.</summary>
public class InstanceSupervisorTests
{
    private static async Task<FakeContainerEngine> EngineAsync()
    {
        var engine = new FakeContainerEngine();
        engine.AddImage(TinyImages.Tiny1);
        engine.AddImage(TinyImages.Tiny2);
        await Task.CompletedTask;
        return engine;
    }

    [Fact]
    public async Task A_successor_that_a_check_finds_ready_is_told_before_its_predecessor_is_stopped()
    {
        var engine = new FakeContainerEngine { HealthAtStart = container => container.Name.EndsWith(".next", StringComparison.Ordinal) ? "starting" : null };
        engine.AddImage(TinyImages.Tiny1);
        await using var agent = await AgentHarness.StartAsync(engine);
        await agent.ApplyAsync(Some.Spec() with { ReplaceOrder = InstanceSpec.StartFirst });
        var first = await agent.ReadyAsync(1);
        engine.Calls.Hold("StopContainer");
        await agent.ApplyAsync(Some.Spec(revision: 2) with { ReplaceOrder = InstanceSpec.StartFirst }, 2);
        for (var tries = 0; engine.Containers.All(one => one.Health != "starting") && tries < 500; tries++)
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, TestContext.Current.CancellationToken);

        engine.SetHealth("shop.web-1.next", "healthy");

        await agent.ObserveAsync(seen => seen.Serves == true && seen.Address != first.Address);
    }

    [Fact]
    public async Task An_order_becomes_a_running_container_with_few_calls()
    {
        var engine = await EngineAsync();
        await using var agent = await AgentHarness.StartAsync(engine);
        await agent.ApplyAsync(Some.Spec());
        var ready = await agent.ReadyAsync(1);

        Assert.Equal("shop.web-1", ready.ContainerName);
        Assert.Equal(ObservedState.Running, ready.State);
        Assert.Equal("d1", ready.DeployRev);
        // One look after the start, one after the settling time.
        Assert.True(engine.Calls.Count("InspectContainer") <= 3, string.Join('\n', engine.Calls.Recorded));
        Assert.Equal(1, engine.Calls.Count("InspectImage"));
        Assert.Equal(0, engine.Calls.Count("PullImage"));
    }

    [Fact]
    public async Task Instances_of_one_deploy_share_one_network_check_and_one_image_check()
    {
        var engine = await EngineAsync();
        await using var agent = await AgentHarness.StartAsync(engine);
        await Task.WhenAll(Enumerable.Range(1, 10).Select(number => agent.ApplyAsync(Some.Spec(number: number))));
        for (var number = 1; number <= 10; number++)
            await agent.ReadyAsync(1, number);

        Assert.Equal(10, engine.Containers.Count);
        Assert.Equal(1, engine.Calls.Count("CreateNetwork"));
        Assert.Equal(1, engine.Calls.Count("InspectImage"));
    }

    [Theory]
    [InlineData("CreateContainer")]
    [InlineData("StartContainer")]
    [InlineData("CreateNetwork")]
    [InlineData("InspectImage")]
    [InlineData("InspectContainer")]
    public async Task A_call_that_fails_once_is_repaired(string operation)
    {
        var engine = await EngineAsync();
        await using var agent = await AgentHarness.StartAsync(engine);
        engine.Calls.Fail(operation);
        await agent.ApplyAsync(Some.Spec());

        await agent.ReadyAsync(1);

        Assert.Single(engine.Containers);
    }

    [Fact]
    public async Task Whatever_call_fails_the_instance_comes_up()
    {
        for (var nth = 1; nth <= 8; nth++)
        {
            var engine = await EngineAsync();
            await using var agent = await AgentHarness.StartAsync(engine);
            engine.Calls.Fail(null, nth);
            await agent.ApplyAsync(Some.Spec());

            await agent.ReadyAsync(1);

            Assert.Single(engine.Containers);
        }
    }

    [Fact]
    public async Task A_failed_start_is_reported_with_the_engines_sentence()
    {
        var engine = await EngineAsync();
        await using var agent = await AgentHarness.StartAsync(engine);
        engine.Calls.Fail("StartContainer", 1, new EngineException(500, "Bind for 0.0.0.0:80 failed: port is already allocated"));
        await agent.ApplyAsync(Some.Spec());

        var failed = await agent.ObserveAsync(seen => seen.Error is not null);

        Assert.Contains("port is already allocated", failed.Error, StringComparison.Ordinal);
        Assert.False(failed.Ready);
    }

    [Fact]
    public async Task An_engine_that_is_away_is_no_error_of_the_instance()
    {
        var engine = await EngineAsync();
        await using var agent = await AgentHarness.StartAsync(engine);
        await agent.ApplyAsync(Some.Spec(number: 2));
        await agent.ReadyAsync(1, instance: 2);
        engine.Calls.Unreachable = true;
        await agent.ApplyAsync(Some.Spec());
        await agent.ObserveAsync(seen => seen.InstanceId == Some.Id(1));
        engine.Calls.Unreachable = false;

        await agent.ReadyAsync(1);

        Assert.DoesNotContain(agent.Bus.Of<InstanceObserved>(), seen => seen.Error is not null);
    }

    [Fact]
    public async Task A_container_that_dies_is_started_again()
    {
        var engine = await EngineAsync();
        await using var agent = await AgentHarness.StartAsync(engine);
        await agent.ApplyAsync(Some.Spec());
        var first = await agent.ReadyAsync(1);
        var start = engine.Calls.Hold("StartContainer");

        engine.Die("shop.web-1", 3);

        var died = await agent.ObserveAsync(seen => seen.Error is not null);
        start.Open();
        var again = await agent.ObserveAsync(seen => seen.Ready && seen.Restarts == 1);
        Assert.StartsWith("exited with code 3", died.Error, StringComparison.Ordinal);
        Assert.Equal(first.ContainerId, again.ContainerId);
        Assert.Null(again.Error);
    }

    [Fact]
    public async Task A_container_that_exits_at_once_is_an_error_with_its_last_lines()
    {
        var engine = await EngineAsync();
        engine.ExitAtStart = container =>
        {
            engine.Write(container.Name, "no such database", "stderr");
            return 2;
        };
        await using var agent = await AgentHarness.StartAsync(engine);
        await agent.ApplyAsync(Some.Spec());

        var failed = await agent.ObserveAsync(seen => seen.Error is not null);

        Assert.Contains("exited with code 2", failed.Error, StringComparison.Ordinal);
        Assert.Contains("no such database", failed.Error, StringComparison.Ordinal);
        Assert.Equal(2, failed.ExitCode);
        Assert.False(failed.Ready);
    }

    [Fact]
    public async Task A_new_order_is_never_reported_with_the_error_of_the_old_one()
    {
        var engine = await EngineAsync();
        engine.ExitAtStart = container => container.Config.Image == TinyImages.Tiny1 ? 2 : null;
        await using var agent = await AgentHarness.StartAsync(engine);
        for (var generation = 1; generation <= 9; generation += 2)
        {
            await agent.ApplyAsync(Some.Spec(deployRev: $"d{generation}", revision: generation), generation);
            await agent.ObserveAsync(seen => seen.Error is not null && seen.Generation == generation);
            await agent.ApplyAsync(Some.Spec(image: TinyImages.Tiny2, deployRev: $"d{generation + 1}", revision: generation + 1), generation + 1);
            await agent.ReadyAsync(generation + 1);
        }

        Assert.DoesNotContain(agent.Bus.Of<InstanceObserved>(), seen => seen.Error is not null && seen.Generation % 2 == 0);
    }

    [Fact]
    public async Task A_container_removed_by_hand_is_made_again()
    {
        var engine = await EngineAsync();
        await using var agent = await AgentHarness.StartAsync(engine);
        await agent.ApplyAsync(Some.Spec());
        var first = await agent.ReadyAsync(1);

        await engine.RemoveContainerAsync(first.ContainerId!, force: true, anonymousVolumes: false, TestContext.Current.CancellationToken);

        var again = await agent.ObserveAsync(seen => seen.Ready && seen.ContainerId != first.ContainerId);
        Assert.Equal("shop.web-1", again.ContainerName);
    }

    [Fact]
    public async Task A_restarted_engine_gets_its_containers_back()
    {
        var engine = await EngineAsync();
        await using var agent = await AgentHarness.StartAsync(engine);
        await agent.ApplyAsync(Some.Spec());
        await agent.ReadyAsync(1);
        agent.Bus.Forget();

        engine.RestartEngine();

        await agent.ObserveAsync(seen => seen.Ready && seen.Restarts >= 1);
        Assert.True(engine.Container("shop.web-1").Running);
    }

    [Fact]
    public async Task A_new_revision_replaces_the_container()
    {
        var engine = await EngineAsync();
        await using var agent = await AgentHarness.StartAsync(engine);
        await agent.ApplyAsync(Some.Spec());
        var first = await agent.ReadyAsync(1);

        await agent.ApplyAsync(Some.Spec(image: TinyImages.Tiny2, deployRev: "d2", revision: 2), 2);
        var second = await agent.ReadyAsync(2);

        Assert.NotEqual(first.ContainerId, second.ContainerId);
        Assert.Equal(2, second.ServiceRevision);
        Assert.Single(engine.Containers);
    }

    [Fact]
    public async Task A_stop_is_no_crash_and_a_start_follows_it()
    {
        var engine = await EngineAsync();
        await using var agent = await AgentHarness.StartAsync(engine);
        await agent.ApplyAsync(Some.Spec());
        await agent.ReadyAsync(1);

        await agent.ApplyAsync(Some.Spec(), 2, DesiredState.Stopped);
        await agent.ObserveAsync(seen => seen is { Generation: 2, State: ObservedState.Stopped });
        await agent.ApplyAsync(Some.Spec(), 3);
        await agent.ReadyAsync(3);

        Assert.DoesNotContain(agent.Bus.Of<InstanceObserved>(), seen => seen.Error is not null);
    }

    [Fact]
    public async Task A_removal_is_confirmed_and_leaves_no_container()
    {
        var engine = await EngineAsync();
        await using var agent = await AgentHarness.StartAsync(engine);
        await agent.ApplyAsync(Some.Spec());
        await agent.ReadyAsync(1);

        await agent.RemoveAsync(Some.Spec(), 2);
        var removed = await agent.ObserveAsync(seen => seen.State == ObservedState.Removed);

        Assert.Equal(2, removed.Generation);
        Assert.Empty(engine.Containers);
    }

    [Fact]
    public async Task Removing_an_instance_keeps_its_data_until_told_otherwise()
    {
        var engine = await EngineAsync();
        await using var agent = await AgentHarness.StartAsync(engine);
        var spec = Some.Spec() with { Stateful = true, Volumes = [new VolumeMount("/data")] };
        await agent.ApplyAsync(spec);
        await agent.ReadyAsync(1);

        await agent.RemoveAsync(spec, 2);
        await agent.ObserveAsync(seen => seen is { State: ObservedState.Removed, Generation: 2 });
        var kept = await engine.ListVolumesAsync([ManagedLabels.InstanceId], TestContext.Current.CancellationToken);
        await agent.RemoveAsync(spec, 3, data: true);
        await agent.ObserveAsync(seen => seen is { State: ObservedState.Removed, Generation: 3 });

        Assert.Single(kept);
        Assert.Empty(await engine.ListVolumesAsync([ManagedLabels.InstanceId], TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_restarted_agent_adopts_what_runs_and_touches_nothing()
    {
        var engine = await EngineAsync();
        string directory;
        await using (var first = await AgentHarness.StartAsync(engine))
        {
            await first.ApplyAsync(Some.Spec());
            await first.ReadyAsync(1);
            directory = first.Directory;
        }

        var starts = engine.Container("shop.web-1").Starts;
        await using var second = await AgentHarness.StartAsync(engine, directory);
        await second.ReadyAsync(1);

        Assert.Equal(starts, engine.Container("shop.web-1").Starts);
        Assert.Equal(1, engine.Calls.Count("CreateContainer"));
    }

    [Fact]
    public async Task An_unknown_container_of_ours_is_reported_and_left_alone()
    {
        var engine = await EngineAsync();
        await using (var first = await AgentHarness.StartAsync(engine))
        {
            await first.ApplyAsync(Some.Spec());
            await first.ReadyAsync(1);
        }

        // Another data directory: an agent that has lost its notes.
        await using var second = await AgentHarness.StartAsync(engine);
        var reported = await second.ObserveAsync(seen => seen.InstanceId == Some.Id(1));

        Assert.Equal(0, reported.Generation);
        Assert.Equal(ObservedState.Running, reported.State);
        Assert.True(engine.Container("shop.web-1").Running);
        Assert.Equal(0, engine.Calls.Count("RemoveContainer"));
    }

    [Fact]
    public async Task A_name_that_a_stranger_holds_is_told_and_the_stranger_stays()
    {
        var engine = await EngineAsync();
        await engine.CreateContainerAsync("shop.web-1", new ContainerConfig { Image = TinyImages.Tiny1 }, TestContext.Current.CancellationToken);
        await using var agent = await AgentHarness.StartAsync(engine);
        await agent.ApplyAsync(Some.Spec());

        var failed = await agent.ObserveAsync(seen => seen.Error is not null);

        Assert.Contains("which Kontena did not make", failed.Error, StringComparison.Ordinal);
        Assert.Single(engine.Containers);
    }

    [Fact]
    public async Task A_missing_image_is_told_with_its_name()
    {
        var engine = await EngineAsync();
        await using var agent = await AgentHarness.StartAsync(engine);
        engine.RefusePull("registry.example/none:1");
        await agent.ApplyAsync(Some.Spec(image: "registry.example/none:1"));

        var failed = await agent.ObserveAsync(seen => seen.Error is not null);

        Assert.Contains("registry.example/none:1", failed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_restart_order_restarts_once()
    {
        var engine = await EngineAsync();
        await using var agent = await AgentHarness.StartAsync(engine);
        await agent.ApplyAsync(Some.Spec());
        var first = await agent.ReadyAsync(1);
        var restart = new RestartInstance { InstanceId = Some.Id(1), RequestedAt = TimeProvider.System.GetUtcNow() };

        await agent.Orders.TakeAsync(restart, TestContext.Current.CancellationToken);
        await agent.Orders.TakeAsync(restart, TestContext.Current.CancellationToken);
        var again = await agent.ObserveAsync(seen => seen.Ready && seen.StartedAt > first.StartedAt);

        Assert.Equal(first.ContainerId, again.ContainerId);
        Assert.Equal(1, engine.Calls.Count("RestartContainer"));
    }

    [Fact]
    public async Task Two_orders_at_once_never_make_two_containers()
    {
        var engine = await EngineAsync();
        await using var agent = await AgentHarness.StartAsync(engine);
        await Task.WhenAll(Enumerable.Range(1, 10).Select(generation => agent.ApplyAsync(Some.Spec(deployRev: $"d{generation}", revision: generation), generation)));

        await agent.ReadyAsync(10);

        Assert.Single(engine.Containers);
    }
}
