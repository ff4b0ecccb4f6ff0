using FsCheck;
using FsCheck.Fluent;
using Kontena.Contracts.Deploys;
using Kontena.Contracts.Instances;
using Kontena.Contracts.Nodes;
using Kontena.Scheduler.Deploys;
using Kontena.Scheduler.Tests.World;

namespace Kontena.Scheduler.Tests.Deploys;

/// <summary>Deploys whose instances are replaced by starting first, and the bound per node.</summary>
public sealed class StartFirstTests
{
    [Fact]
    public void No_instance_is_ever_down_whatever_min_health_says() => Prop.ForAll(
        (from size in Gen.Choose(1, 20) from health in Gen.Choose(0, 10) from nodes in Gen.Choose(1, 4) select (size, health, nodes)).ToArbitrary(),
        one =>
        {
            var world = Running(one.size, one.nodes, one.health / 10d);
            world.Laws.Add(() => Assert.Equal(one.size, Ready(world)));
            world.Change("web", web => web with { Revision = 2 });
            Assert.Equal(DeployState.Success, world.Finish(world.Deploy()).State);
            Assert.All(world.Nodes.SelectMany(node => node.Containers), container => Assert.Equal(2, container.Revision));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(40));

    [Fact]
    public void Its_pace_is_that_of_stop_first()
    {
        var world = Running(10, 3, 0.7);
        var most = 0;
        world.Laws.Add(() => most = Math.Max(most, UnderWay(world).Count()));
        world.Change("web", web => web with { Revision = 2 });
        world.Finish(world.Deploy());

        Assert.Equal(MinHealth.MayBeDown(10, 0.7), most);
    }

    [Fact]
    public void One_that_does_not_come_up_ends_the_deploy_and_leaves_all_serving()
    {
        var world = Running(3, 3, 1);
        world.Change("web", web => web with { Revision = 2, Spec = web.Spec with { Image = "bad:1" } });

        var ended = world.Finish(world.Deploy());

        Assert.Equal(DeployState.Error, ended.State);
        Assert.Contains("boom", ended.Reason, StringComparison.Ordinal);
        Assert.Equal(3, Ready(world));
        Assert.All(world.Nodes.SelectMany(node => node.Containers), container => Assert.Equal(1, container.Revision));
    }

    [Fact]
    public void One_that_is_down_keeps_no_other_from_being_replaced()
    {
        var world = new GridWorld(nodes: 3);
        world.Put(Some.Service(spec: Some.Spec() with { Strategy = "daemon", DeployOrder = "start-first", MinHealth = 1, DeployOnFailure = "continue" }));
        Assert.Equal(DeployState.Success, world.Finish(world.Deploy()).State);
        world.Lose("node-3");
        world.Change("web", web => web with { Revision = 2 });

        world.Deploy();

        // Long before the daemon's grace gives the lost one up.
        world.Until(() => ((string[])["node-1", "node-2"]).All(name => world[name].Containers.Single().Revision == 2), "the others are replaced", seconds: 450);
    }

    [Fact]
    public void With_named_volumes_too_a_moving_instance_serves_until_its_successor_does()
    {
        var world = new GridWorld(nodes: 2);
        world.Put(Some.Service(spec: Some.Spec() with { DeployOrder = "start-first", Volumes = ["/srv/shared:/data"] }));
        world.Finish(world.Deploy());
        var home = world.Instances[0].Node!;
        world.Laws.Add(() => Assert.True(Ready(world) >= 1, "nobody serves"));

        world.Put(Some.Node(int.Parse(home[5..])) with { Availability = NodeAvailability.Drain });
        world.Until(() => world.Drain(home)?.FinishedAt is not null, "the drain ends");

        Assert.Single(world.Nodes.SelectMany(node => node.Containers));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("start-first")]
    public void Parallelism_per_node_bounds_what_one_node_has_under_way(string? order)
    {
        var world = new GridWorld(nodes: 3);
        world.Put(Some.Service(spec: Some.Spec(12) with { DeployParallelismPerNode = 1, MinHealth = 0, DeployOrder = order }));
        var id = world.Deploy();
        var most = 0;
        var nodes = 0;
        world.Laws.Add(() =>
        {
            most = Math.Max(most, UnderWay(world).GroupBy(one => one.Node).Select(group => group.Count()).DefaultIfEmpty().Max());
            nodes = Math.Max(nodes, UnderWay(world).Select(one => one.Node).Distinct().Count());
        });
        Assert.Equal(DeployState.Success, world.Finish(id).State);
        world.Change("web", web => web with { Revision = 2 });
        Assert.Equal(DeployState.Success, world.Finish(world.Deploy()).State);

        Assert.Equal((1, 3), (most, nodes));
    }

    private static GridWorld Running(int size, int nodes, double minHealth)
    {
        var world = new GridWorld(nodes);
        world.Put(Some.Service(spec: Some.Spec(size) with { DeployOrder = "start-first", MinHealth = minHealth }));
        Assert.Equal(DeployState.Success, world.Finish(world.Deploy()).State);
        return world;
    }

    private static int Ready(GridWorld world) => world.Nodes.Sum(node => node.Containers.Count(one => one.Ready));

    private static IEnumerable<InstanceDeploy> UnderWay(GridWorld world) =>
        world.Snapshot.ServiceDeploys.Values.SelectMany(one => one.InstanceDeploys).Where(one => one.State == DeployState.Ongoing);
}
