using Kontena.Contracts.Commands;
using Kontena.Contracts.Deploys;
using Kontena.Contracts.Services;
using Kontena.Scheduler.Tests.World;

namespace Kontena.Scheduler.Tests.Deploys;

public sealed class CancelTests
{
    private static GridWorld Rolling(string image = "good:2")
    {
        var world = new GridWorld(nodes: 2);
        world.Put(Some.Service(spec: Some.Spec(10)));
        world.Finish(world.Deploy());
        world.Change("web", one => one with { Revision = 2, Spec = one.Spec with { Image = image } });
        return world;
    }

    private static int At(GridWorld world, int revision) =>
        world.Nodes.Sum(node => node.Containers.Count(one => one.Ready && one.Revision == revision));

    [Fact]
    public void Instances_under_way_finish_and_the_others_stay()
    {
        var world = Rolling();
        var id = world.Deploy();
        world.Tick();
        var cancelled = world.Cancel();
        Assert.Equal((CommandOutcome.Done, id), (cancelled.Outcome, cancelled.CreatedId));
        Assert.Equal((DeployState.Ongoing, "being cancelled by ann"), (world.Of(id).State, world.Of(id).Reason));
        var ended = world.Finish(id);
        Assert.Equal(DeployState.Error, ended.State);
        Assert.Equal("cancelled by ann: 2 of 10 instances were deployed, the others stay as they were", ended.Reason);
        Assert.InRange((ended.FinishedAt - ended.Cancellation!.At)!.Value.TotalSeconds, 0, 5);
        world.Run(2000);
        Assert.Equal((2, 8), (At(world, 2), At(world, 1)));
    }

    [Fact]
    public void An_instance_that_never_gets_ready_does_not_hold_it_up()
    {
        var world = Rolling("never:2");
        var id = world.Deploy();
        world.Tick();
        world.Cancel();
        var ended = world.Finish(id);
        Assert.StartsWith("cancelled by ann: 0 of 10 instances", ended.Reason, StringComparison.Ordinal);
        Assert.InRange((ended.FinishedAt - ended.Cancellation!.At)!.Value.TotalSeconds, 30, 33);
    }

    [Fact]
    public void One_that_waits_ends_at_once_without_a_start()
    {
        var world = Rolling("never:2");
        var first = world.Deploy();
        var waiting = world.Deploy();
        Assert.NotEqual(first, waiting);
        Assert.Equal(CommandOutcome.Done, world.Cancel(deploy: waiting).Outcome);
        Assert.Equal((DeployState.Error, "cancelled by ann: it had not begun with any instance"), (world.Of(waiting).State, world.Of(waiting).Reason));
        Assert.Null(world.Of(waiting).StartedAt);
        Assert.Equal(DeployState.Ongoing, world.Of(first).State);
    }

    [Fact]
    public void There_is_nothing_to_cancel_when_all_has_ended()
    {
        var world = Rolling();
        var id = world.Deploy();
        world.Finish(id);
        Assert.Equal("no deploy of test-grid/shop/web is under way; there is nothing to cancel", Assert.Single(world.Cancel().Errors).Message);
        Assert.Contains("has ended already, in success", Assert.Single(world.Cancel(deploy: id).Errors).Message, StringComparison.Ordinal);
        Assert.Equal(CommandOutcome.NotFound, world.Cancel(deploy: "5a0000000000000000000000").Outcome);
    }

    [Fact]
    public void A_cancelled_rollout_is_not_taken_up_by_itself_but_a_lost_node_is_still_healed()
    {
        var world = Rolling();
        var id = world.Deploy();
        world.Tick();
        world.Cancel();
        world.Finish(id);
        world.Lose("node-1");
        world.Until(() => world["node-2"].Containers.Count(one => one.Ready) == 10, "all run on the node that is left", 600);
        var stayed = world["node-2"].Containers.Count(one => one.Revision == 1);
        Assert.InRange(stayed, 1, 5);
        world.Run(2000);
        Assert.Equal(stayed, world["node-2"].Containers.Count(one => one.Revision == 1));

        // A person goes on with it.
        Assert.Equal(DeployState.Success, world.Finish(world.Deploy()).State);
        Assert.All(world["node-2"].Containers, one => Assert.Equal(2, one.Revision));
    }

    [Fact]
    public void A_cancelled_growth_does_not_grow_by_itself_when_a_node_is_lost()
    {
        var world = new GridWorld(nodes: 2);
        world.Put(Some.Service(spec: Some.Spec(2)));
        world.Finish(world.Deploy());
        world.Change("web", one => one with { Spec = one.Spec with { Instances = 4, Image = "never:1" }, Revision = 2 });
        var id = world.Deploy();
        world.Cancel();
        world.Finish(id);
        var there = world.Instances.Count;
        world.Change("web", one => one with { Spec = one.Spec with { Instances = 6, Image = "good:1" } });
        var again = world.Deploy();
        world.Cancel(deploy: again);
        world.Finish(again);
        var present = world.Instances.Count;
        Assert.True(present >= there);
        world.Lose("node-1");
        world.Run(600);
        Assert.Equal(present, world.Instances.Count);
    }

    [Fact]
    public void A_newer_revision_supersedes_what_hangs()
    {
        var world = Rolling("never:2");
        var hanging = world.Deploy();
        world.Run(5);
        world.Change("web", one => one with { Revision = 3, Spec = one.Spec with { Image = "good:3" } });
        var newer = world.Deploy();
        Assert.Equal((DeployState.Error, $"superseded by deploy {newer} of revision 3"), (world.Of(hanging).State, world.Of(hanging).Reason));
        Assert.Equal(DeployState.Ongoing, world.Of(newer).State);
        Assert.Equal(DeployState.Success, world.Finish(newer).State);
        Assert.Equal(10, At(world, 3));
    }

    [Fact]
    public void A_newer_revision_supersedes_also_over_one_that_waits()
    {
        var world = Rolling("never:2");
        var hanging = world.Deploy();
        var waiting = world.Deploy();
        world.Change("web", one => one with { Revision = 3, Spec = one.Spec with { Image = "good:3" } });
        Assert.Equal(waiting, world.Deploy());
        Assert.Equal(DeployState.Error, world.Of(hanging).State);
        Assert.Equal(DeployState.Ongoing, world.Of(waiting).State);
    }

    [Fact]
    public void The_same_revision_waits_for_its_turn()
    {
        var world = Rolling();
        var first = world.Deploy();
        var second = world.Deploy();
        Assert.Equal((DeployState.Ongoing, DeployState.Created), (world.Of(first).State, world.Of(second).State));
        Assert.Equal(DeployState.Success, world.Finish(first).State);
        Assert.Equal(DeployState.Success, world.Finish(second).State);
    }

    [Fact]
    public void Superseding_keeps_min_health()
    {
        var world = Rolling("slow:2");
        world.Laws.Add(() => Assert.True(world.Nodes.Sum(node => node.Containers.Count(one => one.Ready)) >= 8));
        for (var revision = 3; revision < 8; revision++)
        {
            world.Deploy();
            world.Run(3);
            world.Change("web", one => one with { Revision = revision, Spec = one.Spec with { Image = revision < 7 ? "slow:1" : "good:1" } });
        }

        Assert.Equal(DeployState.Success, world.Finish(world.Deploy()).State);
        Assert.Equal(10, At(world, 7));
    }

    [Fact]
    public void Cancelling_a_stack_ends_its_service_and_begins_no_other()
    {
        var world = new GridWorld(nodes: 1);
        world.Put(Some.Service("db", Some.Spec() with { Image = "never:1" }));
        world.Put(Some.Service("web"));
        var id = world.DeployStack("db", "web");
        world.Tick();
        var answer = world.CancelStack();
        Assert.Equal((CommandOutcome.Done, id), (answer.Outcome, answer.CreatedId));
        world.Until(() => world.OfStack(id).FinishedAt is not null, "the stack deploy ends", 60);
        Assert.Equal(DeployState.Error, world.OfStack(id).State);
        Assert.StartsWith("db: cancelled by ann", world.OfStack(id).Reason, StringComparison.Ordinal);
        Assert.Single(world.OfStack(id).ServiceDeployIds);
        Assert.Contains("no deploy of stack test-grid/shop is under way", Assert.Single(world.CancelStack().Errors).Message, StringComparison.Ordinal);
    }
}
