using Kontena.Contracts.Deploys;
using Kontena.Contracts.Instances;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Volumes;
using Kontena.Scheduler.Shards;
using Kontena.Scheduler.Tests.World;

namespace Kontena.Scheduler.Tests.Volumes;

/// <summary>Stateful instances are never started empty elsewhere, unless somebody said so (decision 0021).</summary>
public sealed class DataLossTests
{
    private static GridWorld Deployed(int instances = 1)
    {
        var world = new GridWorld(nodes: 2);
        world.Put(Some.Service("db", Some.Spec(instances) with { Stateful = true }));
        world.Finish(world.Deploy("db"));
        Assert.Equal("node-1", world.Instances[0].Node);
        return world;
    }

    [Fact]
    public void A_removed_node_keeps_its_data_and_a_deploy_says_where_it_is()
    {
        var world = Deployed();
        world.RemoveNode("node-1");
        world.Run(600);
        var refused = world.Finish(world.Deploy("db"));
        Assert.Equal(DeployState.Error, refused.State);
        Assert.Contains("the data of shop.db-1 is on node-1, which was removed from the grid", refused.Reason, StringComparison.Ordinal);
        Assert.Contains("start the agent of node-1 again", refused.Reason, StringComparison.Ordinal);
        Assert.Contains("kontena service deploy --accept-data-loss shop/db", refused.Reason, StringComparison.Ordinal);
        Assert.Empty(world["node-2"].Containers);
    }

    [Fact]
    public void A_node_whose_record_was_removed_joins_again_and_runs_on_with_its_data()
    {
        var world = Deployed();
        var before = world.Instances[0];
        world.RemoveNode("node-1");
        world.Run(300);
        world.Join(Some.Node(1));
        world.Run(60);
        Assert.Equal(before.Id, Assert.Single(world["node-1"].Containers).Id);
        Assert.Empty(world["node-1"].DataRemoved);
        Assert.Empty(world["node-2"].Containers);
        Assert.Contains(world.Snapshot.Observed.Values, one => one is { Ready: true, Node: "node-1" });
        Assert.Equal(DeployState.Success, world.Finish(world.Deploy("db")).State);
    }

    [Fact]
    public void It_may_return_under_another_name()
    {
        var world = Deployed();
        world.RemoveNode("node-1");
        world.Join(Some.Node(7) with { Name = "renamed", NodeId = "ID1" });
        world.Run(30);
        Assert.Equal("renamed", world.Instances[0].Node);
        Assert.Equal(DeployState.Success, world.Finish(world.Deploy("db")).State);
        Assert.Single(world["renamed"].Containers);
        Assert.Empty(world["renamed"].DataRemoved);
    }

    [Fact]
    public void Another_machine_of_the_same_name_gets_nothing()
    {
        var world = Deployed();
        world.RemoveNode("node-1");
        world.Put(Some.Node(1) with { NodeId = "another" });
        world.Put(Some.Online("node-1"));
        Assert.Equal(DeployState.Error, world.Finish(world.Deploy("db")).State);
    }

    [Fact]
    public void Accepted_loss_starts_it_empty_elsewhere_and_keeps_the_old_data()
    {
        var world = Deployed();
        world.RemoveNode("node-1");
        Assert.Equal(DeployState.Success, world.Finish(world.Deploy("db", acceptDataLoss: true)).State);
        Assert.Equal("node-2", world.Instances[0].Node);
        // The machine comes back: its container goes, its data stays.
        world.Join(Some.Node(1));
        world.Until(() => !world["node-1"].Containers.Any(), "the old container is removed", 80);
        world.Run(5);
        Assert.Empty(world["node-1"].DataRemoved);
        Assert.Empty(world.Instances[0].Departures);
        Assert.Equal("node-2", world.Instances[0].Node);
    }

    [Fact]
    public void Accepted_loss_does_not_take_what_can_be_reached()
    {
        var world = Deployed(instances: 2);
        var home = world.Instances.Single(one => one.Node == "node-2").Id;
        world.RemoveNode("node-1");
        world.Add(Some.Node(3));
        Assert.Equal(DeployState.Success, world.Finish(world.Deploy("db", acceptDataLoss: true)).State);
        Assert.Equal("node-2", world.Instances.Single(one => one.Id == home).Node);
        Assert.DoesNotContain(world.Sent, one => one.Message is RemoveInstance remove && remove.InstanceId == home);
    }

    [Fact]
    public void A_node_that_is_offline_is_not_waited_for_when_the_loss_is_accepted_and_is_fenced_when_it_returns() // decision 0023
    {
        var world = Deployed();
        world.Lose("node-1");
        var deploy = world.Deploy("db", acceptDataLoss: true);
        Assert.Equal(DeployState.Success, world.Finish(deploy).State);
        Assert.Equal("node-2", world.Instances[0].Node);
        world.Return("node-1");
        world.Until(() => !world["node-1"].Containers.Any(), "the old container is removed", 80);
        Assert.Empty(world["node-1"].DataRemoved);
    }

    [Fact]
    public void A_node_that_can_be_asked_confirms_before_another_starts()
    {
        var world = Deployed();
        world.Put(Some.Node(1) with { Availability = NodeAvailability.Drain });
        world.Run(5);
        world.Laws.Add(() => Assert.True(world.Nodes.Count(node => node.Containers.Any()) <= 1, "two writers"));
        Assert.Equal(DeployState.Success, world.Finish(world.Deploy("db", acceptDataLoss: true)).State);
        Assert.Equal("node-2", world.Instances[0].Node);
        Assert.Empty(world["node-1"].DataRemoved);
    }

    [Fact]
    public void A_volume_of_its_own_binds_an_instance_as_state_does()
    {
        var world = new GridWorld(nodes: 2);
        world.Put(Some.Volume("data"));
        world.Put(Some.Service("db", Some.Spec() with { Volumes = ["data:/data"] }));
        world.Finish(world.Deploy("db"));
        world.RemoveNode("node-1");
        world.Run(120);
        Assert.Empty(world["node-2"].Containers);
        Assert.Equal(DeployState.Success, world.Finish(world.Deploy("db", acceptDataLoss: true)).State);
        Assert.Equal("node-2", world.Instances[0].Node);
        Assert.Equal(["ID1/shop.db.data-1", "ID2/shop.db.data-1"],
            world.Snapshot.VolumeInstances.Values.Select(one => VolumeInstance.DocumentId(one.NodeId, one.Name)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_released_instance_that_is_scaled_away_loses_no_data()
    {
        var world = Deployed(instances: 2);
        world.Lose("node-2");
        var second = world.Instances.Single(one => one.Node == "node-2");
        world.Apply(new GridInput.Release(new ReleaseInstance { Grid = "test-grid", InstanceId = second.Id }));
        world.Change("db", one => one with { Spec = one.Spec with { Instances = 1 } });
        world.Finish(world.Deploy("db"));
        world.Return("node-2");
        world.Run(30);
        Assert.Empty(world["node-2"].Containers);
        Assert.Empty(world["node-2"].DataRemoved);
        world.Change("db", one => one with { Spec = one.Spec with { Instances = 2 } });
        Assert.Equal(DeployState.Success, world.Finish(world.Deploy("db")).State);
        Assert.Equal(second.Id, Assert.Single(world["node-2"].Containers).Id);
    }

    [Fact]
    public void A_parked_instance_of_a_lost_node_that_is_let_go_loses_no_data()
    {
        var world = Deployed(instances: 2);
        world.Change("db", one => one with { Spec = one.Spec with { Instances = 1 } });
        world.Finish(world.Deploy("db"));
        world.RemoveNode("node-2");
        world.Add(Some.Node(3));
        world.Change("db", one => one with { Spec = one.Spec with { Instances = 2 } });
        Assert.Equal(DeployState.Success, world.Finish(world.Deploy("db", acceptDataLoss: true)).State);
        Assert.DoesNotContain(world.Sent, one => one.Message is RemoveInstance { RemoveData: true });
    }
}
