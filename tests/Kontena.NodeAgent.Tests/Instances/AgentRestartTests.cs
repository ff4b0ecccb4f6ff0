using Kontena.Contracts.Instances;
using Kontena.Docker;
using Kontena.NodeAgent.Instances;
using Kontena.NodeAgent.Tests.Support;
using Kontena.Testing.Docker;
using Xunit;

namespace Kontena.NodeAgent.Tests.Instances;

/// <summary>An agent that comes back to containers and orders of its earlier run.</summary>
public class AgentRestartTests
{
    private const string Tagged = "registry.example/app:1";

    [Fact]
    public async Task A_restarted_agent_keeps_what_a_deploy_without_change_has_kept_though_the_tag_has_moved()
    {
        var engine = new FakeContainerEngine();
        engine.Publish(Tagged);
        InstanceObserved kept;
        string directory;
        await using (var first = await AgentHarness.StartAsync(engine))
        {
            await first.ApplyAsync(Some.Spec(image: Tagged));
            var made = await first.ReadyAsync(1);
            await first.ApplyAsync(Some.Spec(image: Tagged, deployRev: "d2"), 2);
            kept = await first.ReadyAsync(2);
            Assert.Equal(made.ContainerId, kept.ContainerId);
            directory = first.Directory;
        }

        engine.Publish(Tagged);
        engine.Calls.Forget();
        await using var second = await AgentHarness.StartAsync(engine, directory);
        var found = await second.ReadyAsync(2);

        Assert.Equal((kept.ContainerId, "d2"), (found.ContainerId, found.DeployRev));
        Assert.DoesNotContain(engine.Calls.Recorded, call => call.Operation == "PullImage");
        Assert.All(second.Bus.Of<InstanceObserved>(), seen => Assert.Equal("d2", seen.DeployRev));

        // What is new is looked up as ever.
        await second.ApplyAsync(Some.Spec(image: Tagged, deployRev: "d3"), 3);
        var replaced = await second.ReadyAsync(3);
        Assert.NotEqual(kept.ContainerId, replaced.ContainerId);
    }

    [Fact]
    public async Task A_removal_that_an_earlier_run_carried_out_is_confirmed_when_its_order_is_repeated()
    {
        var engine = new FakeContainerEngine();
        engine.AddImage(TinyImages.Tiny1);
        string directory;
        await using (var first = await AgentHarness.StartAsync(engine))
        {
            await first.ApplyAsync(Some.Spec());
            await first.ReadyAsync(1);
            await first.RemoveAsync(Some.Spec(), 2);
            await first.ObserveAsync(seen => seen.State == ObservedState.Removed);
            directory = first.Directory;
        }

        // The confirmation got lost, so the scheduler says it again.
        await using var second = await AgentHarness.StartAsync(engine, directory);
        while (second.Supervisor.LastPass is null)
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, TestContext.Current.CancellationToken);
        Assert.False(await second.RemoveAsync(Some.Spec(), 2));
        second.Orders.LookAgain(Some.Id(1));
        var confirmed = await second.ObserveAsync(seen => seen.State == ObservedState.Removed);

        Assert.Equal((Some.Id(1), 2L), (confirmed.InstanceId, confirmed.Generation));
    }

    [Fact]
    public async Task A_container_whose_order_was_lost_is_reported_as_taken_up_by_no_order()
    {
        var engine = new FakeContainerEngine();
        engine.AddImage(TinyImages.Tiny1);
        await using (var first = await AgentHarness.StartAsync(engine))
        {
            await first.ApplyAsync(Some.Spec(), 7);
            await first.ReadyAsync(7);
        }

        // Its orders are gone with its disk: were 7 echoed, the order would never come again, and nobody would restart the container.
        await using var second = await AgentHarness.StartAsync(engine);
        var found = await second.ObserveAsync(seen => seen.State == ObservedState.Running);
        Assert.Equal(0, found.Generation);

        await second.ApplyAsync(Some.Spec(), 7);
        Assert.Equal(found.ContainerId, (await second.ReadyAsync(7)).ContainerId);
    }

    [Fact]
    public async Task Hook_containers_that_a_killed_agent_left_are_removed_and_those_of_others_stay()
    {
        var engine = new FakeContainerEngine();
        engine.AddImage(TinyImages.Tiny1);
        string directory;
        await using (var first = await AgentHarness.StartAsync(engine))
        {
            await first.ApplyAsync(Some.Spec());
            await first.ReadyAsync(1);
            directory = first.Directory;
        }

        foreach (var instance in (int[])[1, 9])
        {
            var hook = new ContainerConfig { Image = TinyImages.Tiny1, Labels = ManagedLabels.OfHook(Some.Id(instance), Some.Spec()) };
            await engine.CreateContainerAsync($"hook-of-{instance}", hook, TestContext.Current.CancellationToken);
        }

        await using var second = await AgentHarness.StartAsync(engine, directory);
        await second.ReadyAsync(1);

        Assert.Equal(["hook-of-9", "shop.web-1"], engine.Containers.Select(one => one.Name).Order());
    }

    [Fact]
    public async Task A_container_found_running_is_told_of_before_its_port_opens()
    {
        var engine = new FakeContainerEngine();
        engine.AddImage(TinyImages.Tiny1);
        string directory;
        await using (var first = await AgentHarness.StartAsync(engine))
        {
            await first.ApplyAsync(Some.Spec() with { Net = "host", WaitForPort = 1 });
            await first.ObserveAsync(seen => seen.State == ObservedState.Running);
            directory = first.Directory;
        }

        await using var second = await AgentHarness.StartAsync(engine, directory);
        var found = await second.ObserveAsync(seen => seen.State == ObservedState.Running);

        Assert.Equal((1, false), (found.Generation, found.Ready));
        Assert.True(second.Supervisor.HasToldAll);
    }
}
