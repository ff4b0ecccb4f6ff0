using Kontena.Contracts.Deploys;
using Kontena.Contracts.Grids;
using Kontena.Contracts.Jobs;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Services;
using Kontena.Scheduler.Deploys;
using Kontena.Scheduler.Shards;
using Kontena.Scheduler.Tests.World;

namespace Kontena.Scheduler.Tests.Nodes;

public sealed class RebalanceTests
{
    [Fact]
    public void A_node_that_joins_is_given_its_share_one_instance_after_the_other_and_nobody_is_missed()
    {
        var world = new GridWorld(nodes: 2);
        Fill(world, instances: 6);
        world.Laws.Add(() => Assert.True(world.Nodes.Sum(node => node.Containers.Count(one => one.Ready)) >= 6, "one is missed"));
        world.Laws.Add(() => Assert.True(Moving(world) <= 1, "more than one is on the move"));

        Join(world, 3);
        world.Until(() => Count(world, "node-3") == 2, "the new node has its share");
        world.Run(300);

        Assert.Equal([2, 2, 2], Counts(world));
        Assert.All(world.Snapshot.ServiceDeploys.Values, deploy => Assert.Equal(DeployState.Success, deploy.State));
        Assert.Equal(2, world.Snapshot.ServiceDeploys.Values.Count(deploy => deploy.Moves.Count == 1));
    }

    [Fact]
    public void Many_small_services_are_spread_over_a_node_that_joins()
    {
        var world = new GridWorld(nodes: 2);
        for (var at = 0; at < 9; at++)
        {
            world.Put(Some.Service($"web{at}", Some.Spec(1)));
            world.Finish(world.Deploy($"web{at}"));
        }

        world.Run(60);
        Join(world, 3);
        world.Until(() => Count(world, "node-3") == 3, "the new node has its share");
        world.Run(300);
        Assert.Equal([3, 3, 3], Counts(world));
    }

    [Fact]
    public void A_difference_of_one_moves_nothing()
    {
        var world = new GridWorld(nodes: 2);
        Fill(world, instances: 3);
        Join(world, 3);
        world.Run(600);
        Assert.DoesNotContain(world.Snapshot.ServiceDeploys.Values, deploy => deploy.Moves.Count > 0 && Counts(world).Max() > 2);
        var before = Counts(world);
        world.Run(600);
        Assert.Equal(before, Counts(world));
    }

    [Fact]
    public void Nothing_moves_in_a_grid_that_does_not_want_it()
    {
        var world = new GridWorld(nodes: 2);
        Fill(world, instances: 6);
        world.Snapshot = world.Snapshot with { Grid = world.Snapshot.Grid! with { Rebalance = GridRebalance.Off } };
        Join(world, 3);
        world.Run(600);
        Assert.Equal([3, 3, 0], Counts(world));
    }

    [Fact]
    public void What_runs_once_is_no_reason_to_move_anything()
    {
        var world = new GridWorld(nodes: 2);
        for (var at = 0; at < 4; at++)
        {
            world.Put(Some.Service($"web{at}", Some.Spec(1)));
            world.Finish(world.Deploy($"web{at}"));
        }

        world.Snapshot = world.Snapshot with { Grid = world.Snapshot.Grid! with { Rebalance = GridRebalance.Auto } };
        world.Run(60);
        Assert.Equal([2, 2], Counts(world));
        var beside = world.Snapshot.Instances.Values.First(one => one.Node == "node-1");
        for (var at = 0; at < 3; at++)
        {
            var id = world.NewId();
            world.Put(new ServiceRun
            {
                Grid = "test-grid", Id = id, Stack = "shop", Service = "job", ServiceUid = "job", State = RunState.Running, Cause = RunCause.Person, CreatedAt = world.Now,
                Instance = beside with { Id = id, Service = "job", ServiceUid = "job", Number = at + 1 },
            });
        }

        Assert.Empty(Ask(world, dryRun: true));
    }

    [Fact]
    public void Data_volumes_and_rules_stay_where_they_are()
    {
        var world = new GridWorld(nodes: 1);
        world.Put(Some.Service("db", Some.Spec(3) with { Stateful = true }));
        world.Finish(world.Deploy("db"));
        world.Put(Some.Service("near", Some.Spec(3) with { Affinity = ["node==node-1"] }));
        world.Finish(world.Deploy("near"));
        world.Run(60);
        Join(world, 2);
        world.Run(600);
        Assert.Equal(0, Count(world, "node-2"));
    }

    [Fact]
    public void Asked_without_doing_the_moves_are_named_and_nothing_changes()
    {
        var world = new GridWorld(nodes: 2);
        Fill(world, instances: 6);
        world.Snapshot = world.Snapshot with { Grid = world.Snapshot.Grid! with { Rebalance = GridRebalance.Off } };
        Join(world, 3);
        world.Run(60);
        var deploys = world.Snapshot.ServiceDeploys.ById.Count;

        var named = Ask(world, dryRun: true);
        Assert.Matches("^shop\\.web-[0-9]: node-[12] → node-3 \\(3 of the service on node-[12], 0 on node-3\\)$", Assert.Single(named));
        Assert.Equal(deploys, world.Snapshot.ServiceDeploys.ById.Count);

        Assert.Single(Ask(world, dryRun: false));
        world.Until(() => Count(world, "node-3") == 1 && Moving(world) == 0, "the named one moved");
    }

    [Theory]
    [InlineData(3)]
    [InlineData(11)]
    [InlineData(29)]
    public void Every_row_of_moves_ends_and_each_lowers_the_imbalance(int seed)
    {
        var random = new Random(seed);
        var world = new GridWorld();
        for (var number = 1; number <= 3; number++)
            world.Add(Some.Node(number, $"az={random.Next(2)}"));
        for (var at = 0; at < 4; at++)
        {
            world.Put(Some.Service($"web{at}", Some.Spec(random.Next(1, 6)) with { MinHealth = random.Next(0, 11) / 10.0 }));
            world.Finish(world.Deploy($"web{at}"));
        }

        world.Snapshot = world.Snapshot with { Grid = world.Snapshot.Grid! with { Rebalance = GridRebalance.Auto } };
        Join(world, 4, $"az={random.Next(3)}");
        Join(world, 5, $"az={random.Next(3)}");
        world.Run(1500);
        var moves = world.Snapshot.ServiceDeploys.Values.Count(deploy => deploy.Moves.Count > 0);
        world.Run(600);
        Assert.Equal(moves, world.Snapshot.ServiceDeploys.Values.Count(deploy => deploy.Moves.Count > 0));
        Assert.Empty(Ask(world, dryRun: true));
    }

    private static IReadOnlyList<string> Ask(GridWorld world, bool dryRun) =>
        world.Apply(new GridInput.Rebalance(new RebalanceGrid { Grid = "test-grid", DryRun = dryRun }))[0]!.Notes;

    private static void Fill(GridWorld world, int instances)
    {
        world.Put(Some.Service("web", Some.Spec(instances)));
        world.Finish(world.Deploy());
        world.Until(() => world.Nodes.Sum(node => node.Containers.Count(one => one.Ready)) == instances, "all are ready");
        world.Run(60);
    }

    private static void Join(GridWorld world, int number, params IReadOnlyList<string> labels)
    {
        world.Add(Some.Node(number, labels));
        world.Put(Some.Online($"node-{number}") with { ConnectedAt = world.Now });
    }

    private static int Moving(GridWorld world) =>
        world.Snapshot.ServiceDeploys.Values.Count(deploy => deploy.Moves.Count > 0 && !DeployQueue.IsFinished(deploy.State));

    private static int Count(GridWorld world, string node) => world[node].Containers.Count();

    private static int[] Counts(GridWorld world) => [.. world.Nodes.OrderBy(node => node.Name).Select(node => node.Containers.Count())];
}
