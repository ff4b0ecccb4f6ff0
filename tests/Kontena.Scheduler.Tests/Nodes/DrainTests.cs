using Kontena.Contracts.Deploys;
using Kontena.Contracts.Instances;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Services;
using Kontena.Scheduler.Deploys;
using Kontena.Scheduler.Tests.World;

namespace Kontena.Scheduler.Tests.Nodes;

public sealed class DrainTests
{
    [Fact]
    public void A_drain_ends_and_tells_what_it_did()
    {
        var world = new GridWorld(nodes: 2);
        world.Put(Some.Service("web", Some.Spec(4)));
        world.Finish(world.Deploy());
        var there = world.Instances.Count(one => one.Node == "node-1");

        Drain(world);
        world.Until(() => world.Drain("node-1") is not null, "the drain is told");
        Assert.Equal(there, world.Drain("node-1")!.Left.Count);
        world.Until(() => world.Drain("node-1")!.FinishedAt is not null, "the drain ends");

        Assert.Equal((there, 0), (world.Drain("node-1")!.Instances, world.Drain("node-1")!.Left.Count));
        Assert.Empty(world["node-1"].Containers);
        Assert.Equal(4, world["node-2"].Containers.Count());
        Assert.Contains(world.Notes, note => note == $"node node-1 is drained: {there} of {there} instances have left");
    }

    [Fact]
    public void A_node_that_is_active_again_tells_of_no_drain()
    {
        var world = new GridWorld(nodes: 2);
        Drain(world);
        world.Until(() => world.Drain("node-1")?.FinishedAt is not null, "an empty node is drained at once");
        world.Put(Some.Node(1));
        world.Until(() => world.Drain("node-1") is null, "the drain is forgotten");
    }

    [Fact]
    public void The_only_instance_of_a_service_serves_until_its_successor_does()
    {
        var world = new GridWorld(nodes: 2);
        world.Put(Some.Service("web", Some.Spec(1)));
        world.Finish(world.Deploy());
        var home = world.Instances[0].Node!;
        world.Laws.Add(() => Assert.True(world.Nodes.Sum(node => node.Containers.Count(one => one.Ready)) >= 1, "nobody serves"));

        Drain(world, home);
        world.Until(() => world.Drain(home)?.FinishedAt is not null, "the drain ends");

        Assert.Single(world.Nodes.SelectMany(node => node.Containers));
    }

    [Fact]
    public void One_whose_successor_does_not_come_up_serves_on_and_the_drain_says_so()
    {
        var world = new GridWorld(nodes: 2);
        world.Put(Some.Service("web", Some.Spec(1)));
        world.Finish(world.Deploy());
        var home = world.Instances[0].Node!;
        world.Change("web", web => web with { Spec = web.Spec with { Image = "bad:1" }, Revision = 2 });

        Drain(world, home);
        world.Until(() => world.Drain(home)?.Left is [{ State: DrainState.Blocked }], "the drain is blocked");

        Assert.Contains("does not come up: container exited with code 3: boom", world.Drain(home)!.Left[0].Reason, StringComparison.Ordinal);
        Assert.Single(world[home].Containers, one => one.Ready);
        world.Change("web", web => web with { Spec = web.Spec with { Image = "web:3" }, Revision = 3 });
        world.Until(() => world.Drain(home)?.FinishedAt is not null, "the drain ends");
        Assert.Empty(world[home].Containers);
    }

    [Fact]
    public void A_service_that_is_just_not_there_is_no_order_to_stop_one_that_serves_until_its_successor_does()
    {
        var world = new GridWorld(nodes: 2);
        var web = world.Put(Some.Service("web", Some.Spec(1)));
        world.Finish(world.Deploy());
        var home = world.Instances[0].Node!;
        world.Change("web", one => one with { Spec = one.Spec with { Image = "bad:1" }, Revision = 2 });
        Drain(world, home);
        world.Until(() => world.Drain(home)?.Left is [{ State: DrainState.Blocked }], "it serves on");

        world.Forget(web);
        world.Run(60);

        Assert.Single(world[home].Containers, one => one.Ready);
    }

    [Fact]
    public void One_that_serves_until_its_successor_does_gives_its_port_up_to_a_second_instance()
    {
        var world = new GridWorld(nodes: 2);
        world.Put(Some.Service("web", Some.Spec(1) with { Ports = Http }));
        world.Finish(world.Deploy());
        var home = world.Instances[0].Node!;
        world.Change("web", web => web with { Spec = web.Spec with { Image = "bad:1" }, Revision = 2 });
        Drain(world, home);
        world.Until(() => world.Drain(home)?.Left is [{ State: DrainState.Blocked }], "it serves on");

        world.Put(Some.Node(home == "node-1" ? 1 : 2));
        world.Change("web", web => web with { Spec = web.Spec with { Image = "web:3", Instances = 2 }, Revision = 3 });
        Assert.Equal(DeployState.Success, world.Finish(world.Deploy()).State);
    }

    [Fact]
    public void Daemons_that_change_nodes_do_not_hold_each_others_ports()
    {
        var world = new GridWorld(nodes: 2);
        world.Add(Some.Node(4));
        world.Put(Some.Service("web", Some.Spec(1) with { Strategy = "daemon", Ports = Http, MinHealth = 0 }));
        world.Finish(world.Deploy());

        Drain(world, "node-4");
        world.Add(Some.Node(3));
        world.Change("web", web => web with { Spec = web.Spec with { Image = "bad:1" }, Revision = 2 });
        world.Run(60);
        world.Put(Some.Node(4));
        world.Change("web", web => web with { Spec = web.Spec with { Image = "web:3" }, Revision = 3 });
        world.Until(() => world.Nodes.All(node => node.Containers.Count(one => one is { Ready: true, Revision: 3 }) == 1), "each node runs one", 1200);
    }

    [Fact]
    public void Data_stays_stopped_and_the_drain_is_done_beside_it()
    {
        var world = new GridWorld(nodes: 2);
        world.Put(Some.Service("db", Some.Spec(1) with { Stateful = true }));
        world.Finish(world.Deploy("db"));
        var home = world.Instances[0].Node!;

        Drain(world, home);
        world.Until(() => world.Drain(home)?.FinishedAt is not null, "the drain ends");

        Assert.Equal(new DrainedInstance("shop.db-1", DrainState.Stays, "stopped: its data is here"), Assert.Single(world.Drain(home)!.Left));
        Assert.Equal(home, world.Instances[0].Node);
    }

    [Fact]
    public void An_instance_that_fits_nowhere_else_blocks_and_says_which_rule()
    {
        var world = new GridWorld(nodes: 2);
        world.Put(Some.Service("web", Some.Spec(1) with { Affinity = ["node==node-1"] }));
        world.Finish(world.Deploy());

        Drain(world);
        world.Until(() => world.Drain("node-1")?.Left is [{ State: DrainState.Blocked }], "the drain is blocked");

        Assert.Contains("1 draining, 1 failing node==node-1", world.Drain("node-1")!.Left[0].Reason, StringComparison.Ordinal);
        Assert.Null(world.Drain("node-1")!.FinishedAt);
        Assert.Single(world["node-1"].Containers, one => one.Ready);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(42)]
    public void No_drain_takes_more_down_than_min_health_allows_and_every_drain_ends(int seed)
    {
        var random = new Random(seed);
        var count = random.Next(2, 9);
        var minHealth = random.Next(0, 11) / 10.0;
        var world = new GridWorld(nodes: 3, seed: seed, loss: 0.05);
        world.Put(Some.Service("web", Some.Spec(count) with { MinHealth = minHealth }));
        world.Finish(world.Deploy());
        world.Until(() => world.Nodes.Sum(node => node.Containers.Count(one => one.Ready)) == count, "all are ready");
        var least = count - MinHealth.MayBeDown(count, minHealth);
        world.Laws.Add(() => Assert.True(world.Nodes.Sum(node => node.Containers.Count(one => one.Ready)) >= least, $"fewer than {least} of {count} serve"));

        Drain(world, "node-2");
        world.Until(() => world.Drain("node-2")?.FinishedAt is not null, "the drain ends");
        Assert.Empty(world["node-2"].Containers);
    }

    private static readonly IReadOnlyList<PortMapping> Http = [new PortMapping(80, 80)];

    private static void Drain(GridWorld world, string node = "node-1") =>
        world.Put(Some.Node(int.Parse(node["node-".Length..], System.Globalization.CultureInfo.InvariantCulture)) with { Availability = NodeAvailability.Drain });
}
