using Kontena.Contracts.Instances;
using Kontena.Contracts.Services;
using Kontena.Contracts.Volumes;
using Kontena.Scheduler.Shards;
using Kontena.Scheduler.Tests.World;

namespace Kontena.Scheduler.Tests.Volumes;

/// <summary>Places of data: noted, kept, and removed by order only.</summary>
public sealed class VolumeUpkeepTests
{
    private static readonly Volume Data = Some.Volume("data");

    /// <summary>A service of two with a volume each, on two nodes.</summary>
    private static GridWorld Deployed(out Service service)
    {
        var world = new GridWorld(nodes: 2);
        world.Put(Data);
        service = world.Put(Some.Service("db", Some.Spec(2) with { Volumes = ["data:/data"] }));
        world.Finish(world.Deploy("db"));
        return world;
    }

    private static void Remove(GridWorld world, Service service)
    {
        world.Put(service with { RemovedAt = world.Now });
        world.Until(() => world.Sent.Any(one => one.Message is ServiceTornDown), "it is torn down", 20);
        world.Forget(service);
    }

    private static IEnumerable<string> Places(GridWorld world) =>
        world.Snapshot.VolumeInstances.Values.Select(one => $"{one.Name} on {one.Node}").Order(StringComparer.Ordinal);

    [Fact]
    public void Data_of_a_volume_outlives_its_service_and_is_found_by_the_next()
    {
        var world = Deployed(out var service);
        Assert.Equal(["shop.db.data-1 on node-1", "shop.db.data-2 on node-2"], Places(world));
        Remove(world, service);
        world.Run(30);
        Assert.Equal(2, Places(world).Count());
        Assert.All(world.Nodes, node => Assert.Single(node.Volumes));
        Assert.DoesNotContain(world.Sent, one => one.Message is RemoveVolume);
        world.Put(service with { Uid = "the next", Spec = service.Spec with { Affinity = ["node==~node-2"] } });
        world.Finish(world.Deploy("db"));
        Assert.Equal(["node-1", "node-2"], world.Instances.Select(one => one.Node));
    }

    [Fact]
    public void A_removed_volume_is_ordered_off_every_node_and_then_torn_down()
    {
        var world = Deployed(out var service);
        Remove(world, service);
        world.Put(Data with { RemovedAt = world.Now });
        world.Until(() => world.Sent.Any(one => one.Message is VolumeTornDown), "it is torn down", 20);
        Assert.All(world.Nodes, node => Assert.Empty(node.Volumes));
        Assert.Empty(Places(world));
    }

    [Fact]
    public void Removal_does_not_wait_for_a_lost_node_which_is_told_when_it_returns()
    {
        var world = Deployed(out var service);
        Remove(world, service);
        world.Lose("node-2");
        world.Put(Data with { RemovedAt = world.Now });
        world.Until(() => world.Sent.Any(one => one.Message is VolumeTornDown), "it is torn down", 20);
        world.Forget(Data);
        world.Run(60);
        Assert.Single(world["node-2"].Volumes);
        // A later volume of the name has nothing to do with what is left there.
        world.Put(Data with { Uid = "later" });
        world.Return("node-2");
        world.Until(() => world["node-2"].Volumes.Count == 0, "the returned node is cleaned", 80);
        world.Run(3);
        Assert.Empty(Places(world));
    }

    [Fact]
    public void A_node_that_left_the_grid_is_given_up_and_its_data_left_alone()
    {
        var world = Deployed(out var service);
        Remove(world, service);
        world.RemoveNode("node-2");
        world.Put(Data with { RemovedAt = world.Now });
        world.Run(25 * 3600 / 60, step: 60);
        Assert.Empty(Places(world));
        world.Forget(Data);
        world["node-2"].Inbox.Clear();
        world.Join(Some.Node(2));
        world.Run(60);
        Assert.Single(world["node-2"].Volumes);
    }

    [Fact]
    public void What_a_node_says_it_has_is_found_again_after_the_store_forgot() // law 5: adopted or left alone
    {
        var world = Deployed(out _);
        world.Snapshot = world.Snapshot with { VolumeInstances = new(Kontena.State.StateKeys.VolumeInstance) };
        var report = new VolumeObserved
        {
            Grid = "test-grid", Node = "node-1", NodeId = "ID1", Name = "shop.db.data-1", Volume = "data", VolumeUid = Data.Uid, State = VolumeState.Present,
        };
        world.Apply(new GridInput.VolumeReport(report), new GridInput.VolumeReport(report with { Name = "old", Volume = "old", VolumeUid = "unknown" }));
        Assert.Equal(["shop.db.data-1 on node-1"], Places(world));
        Assert.Contains(world.Notes, one => one.Contains("old on node-1 holds data of a volume old that the grid does not have", StringComparison.Ordinal));
    }

    [Fact]
    public void Late_news_of_an_earlier_volume_says_nothing_of_this_one()
    {
        var world = Deployed(out _);
        world.Apply(new GridInput.VolumeReport(new VolumeObserved
        {
            Grid = "test-grid", Node = "node-1", NodeId = "ID1", Name = "shop.db.data-1", Volume = "data", VolumeUid = "earlier", State = VolumeState.Removed,
        }));
        Assert.Equal(2, Places(world).Count());
    }
}
