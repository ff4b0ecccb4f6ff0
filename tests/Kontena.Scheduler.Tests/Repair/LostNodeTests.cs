using Kontena.Contracts.Deploys;
using Kontena.Contracts.Grids;
using Kontena.Contracts.Instances;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Services;
using Kontena.Scheduler.Shards;
using Kontena.Scheduler.Tests.World;
using Kontena.State;

namespace Kontena.Scheduler.Tests.Repair;

/// <summary>Nodes that are lost, removed, come back or come back as another: what becomes of their instances and containers.</summary>
public sealed class LostNodeTests
{
    [Fact]
    public void An_instance_of_a_lost_node_moves_at_once_and_the_returned_node_is_fenced() // decision 0023
    {
        var world = new GridWorld(nodes: 2);
        world.Put(Some.Service());
        world.Finish(world.Deploy());
        world.Run(60);
        world["node-1"].IsConnected = false;
        world.Put(Some.Offline("node-1", world.Now.AddSeconds(-1)));
        world.Apply(new GridInput.FactChanged(new GridFactChanged { Grid = "test-grid", Kind = StateKeys.NodeLiveness.Name, Id = "node-1" }));
        Assert.Equal("node-2", world.Instances[0].Node);
        world.Until(() => world["node-2"].Containers.Any(), "it runs there", 10);
        Assert.Single(world["node-1"].Containers); // unreachable, still running
        Assert.Single(world.Instances[0].Departures);
        world.Return("node-1");
        world.Until(() => !world["node-1"].Containers.Any(), "the old one is removed", 20);
        world.Run(5);
        Assert.Empty(world.Instances[0].Departures);
        Assert.Equal("node-2", world.Instances[0].Node);
    }

    [Fact]
    public void A_lost_node_keeps_its_stateful_instances()
    {
        var world = new GridWorld(nodes: 2);
        world.Put(Some.Service("db", Some.Spec() with { Stateful = true }));
        world.Finish(world.Deploy("db"));
        world.Lose("node-1");
        world.Run(1200);
        Assert.Equal("node-1", world.Instances[0].Node);
        Assert.Empty(world["node-2"].Containers);
    }

    [Fact]
    public void Instances_of_a_removed_node_are_placed_anew_without_touching_its_containers()
    {
        var world = new GridWorld(nodes: 2);
        world.Put(Some.Service());
        world.Finish(world.Deploy());
        world.RemoveNode("node-1");
        world.Until(() => world["node-2"].Containers.Any(), "it is placed on node-2", 30);
        Assert.Single(world["node-1"].Containers);
        Assert.DoesNotContain(world.Snapshot.Observed.Values, one => one.Node == "node-1");
    }

    [Fact]
    public void Removal_does_not_wait_for_a_lost_node_which_is_cleaned_when_it_returns()
    {
        var world = new GridWorld(nodes: 2);
        var service = world.Put(Some.Service("db", Some.Spec(2) with { Stateful = true }));
        world.Finish(world.Deploy("db"));
        world.Lose("node-2");
        world.Put(service with { RemovedAt = world.Now });
        world.Until(() => world.Sent.Any(one => one.Message is ServiceTornDown), "it is torn down", 20);
        world.Forget(service);
        world.Run(30);
        Assert.Single(world["node-2"].Containers);
        world.Return("node-2");
        world.Until(() => !world["node-2"].Containers.Any(), "the returned node is cleaned", 20);
        world.Run(3);
        Assert.Equal(["shop.db-2"], world["node-2"].DataRemoved.Distinct());
        Assert.Empty(world.Instances);
    }

    [Fact]
    public void A_released_instance_is_placed_anew_and_data_never_has_two_writers()
    {
        var world = new GridWorld(nodes: 2);
        world.Put(Some.Service("db", Some.Spec() with { Stateful = true, Affinity = ["node==~node-1"] }));
        world.Finish(world.Deploy("db"));
        world.Lose("node-1");
        world.Apply(new GridInput.Release(new ReleaseInstance { Grid = "test-grid", InstanceId = world.Instances[0].Id }));
        var refused = world.Finish(world.Deploy("db"));
        Assert.Contains("waiting for node-1 to give up shop.db-1", refused.Reason, StringComparison.Ordinal);
        world.Return("node-1");
        world.Put(Some.Node(1) with { Availability = NodeAvailability.Drain });
        world.Run(10);
        Assert.Equal(DeployState.Success, world.Finish(world.Deploy("db")).State);
        Assert.Equal("node-2", world.Instances[0].Node);
        Assert.Empty(world["node-1"].Containers);
        Assert.Empty(world["node-1"].DataRemoved);
    }

    [Fact]
    public void A_node_whose_engine_was_replaced_gets_its_instances_again()
    {
        var world = new GridWorld(nodes: 1);
        world.Put(Some.Service());
        world.Finish(world.Deploy());
        world.Put(Some.Node(1) with { NodeId = "NEWENGINE" });
        world.Until(
            () => world.Sent.Any(one => one.Message is ApplyInstance && one.Destination == Contracts.Messaging.Destination.Node("NEWENGINE")),
            "the new engine is told", 30);
        Assert.Equal(LivenessState.Online, world.Snapshot.Liveness.Find("node-1")!.State);
    }

    [Fact]
    public void A_machine_that_comes_back_under_another_name_is_fenced_too()
    {
        var world = new GridWorld(nodes: 2);
        world.Put(Some.Service());
        world.Finish(world.Deploy());
        var spec = world.Instances[0];
        world.RemoveNode("node-1");
        world.Until(() => world["node-2"].Containers.Any(), "it is placed on node-2", 30);
        world.Add(Some.Node(3) with { NodeId = "ID1" });
        world["node-3"].Plant(spec.Id, spec.Spec!, spec.Generation);
        world.Until(() => !world["node-3"].Containers.Any(), "the old container is removed", 30);
        Assert.Single(world["node-2"].Containers);
    }
}
