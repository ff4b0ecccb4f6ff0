using Kontena.Contracts.Placement;
using Kontena.Contracts.Services;
using Kontena.Scheduler.Explaining;
using Kontena.Scheduler.Tests.World;

namespace Kontena.Scheduler.Tests.Explaining;

public sealed class GridSimulatorTests
{
    [Fact]
    public void What_a_lost_zone_held_moves_to_the_rest_and_nothing_is_changed()
    {
        var world = TwoZones();
        world.Put(Some.Service(spec: Some.Spec(4)));
        world.Finish(world.Deploy());
        var before = world.Snapshot;

        var then = Simulate(world, ["az=a"]);

        Assert.Equal(["node-1", "node-2"], then.Lost);
        Assert.Equal(2, then.Moves.Count);
        Assert.All(then.Moves, move => Assert.True(move.From is "node-1" or "node-2" && move.To is "node-3" or "node-4"));
        Assert.Equal([("node-3", 1, 2), ("node-4", 1, 2)], then.Nodes.Select(node => (node.Node, node.Before, node.After)));
        Assert.Empty(then.Unplaced);
        Assert.Same(before, world.Snapshot);
    }

    [Fact]
    public void Data_on_a_lost_node_is_told_of_and_placed_nowhere_else()
    {
        var world = TwoZones();
        world.Put(Some.Service("db", Some.Spec() with { Stateful = true }));
        world.Finish(world.Deploy("db"));
        var home = world.Instances.Single().Node!;

        var then = Simulate(world, [home]);

        var refusal = Assert.Single(then.Unplaced);
        Assert.Equal(("shop/db", 1, true), (refusal.Service, refusal.Missing, refusal.Data));
        Assert.Contains(home, refusal.Reason, StringComparison.Ordinal);
        Assert.Empty(then.Moves);
    }

    [Fact]
    public void Added_nodes_take_what_had_no_place()
    {
        var world = new GridWorld(nodes: 2);
        world.Put(Some.Service(spec: Some.Spec(4) with { Ports = [new PortMapping(80, 80)] }));

        Assert.Equal(2, Assert.Single(Simulate(world, []).Unplaced).Missing);
        var then = Simulate(world, [], add: 2);
        Assert.Empty(then.Unplaced);
        Assert.Equal(["new-1", "new-2"], then.Added);
        Assert.Equal([1, 1, 1, 1], then.Nodes.Select(node => node.After));
    }

    [Fact]
    public void Services_do_not_get_the_same_room_twice()
    {
        var world = TwoZones();
        foreach (var name in (string[])["one", "two"])
        {
            world.Put(Some.Service(name, Some.Spec(2) with { Memory = 3000 * Some.Mega }));
            world.Finish(world.Deploy(name));
        }

        var then = Simulate(world, ["node-1"]);

        Assert.Single(then.Unplaced);
        Assert.All(then.Nodes, node => Assert.True(node.MemoryReserved <= node.Memory));
    }

    [Fact]
    public void Every_mistake_is_told_and_then_nothing_is_simulated()
    {
        var then = Simulate(new GridWorld(nodes: 1), ["az=x", "node-7"], add: 1001);
        Assert.Equal(3, then.Mistakes.Count);
        Assert.Empty(then.Nodes);
    }

    private static GridSimulated Simulate(GridWorld world, IReadOnlyList<string> lose, int add = 0) => GridSimulator.Simulate(
        world.Snapshot, new SimulateGrid { Grid = "test-grid", Lose = lose, Add = add }, world.Now);

    private static GridWorld TwoZones()
    {
        var world = new GridWorld();
        for (var number = 1; number <= 4; number++)
            world.Add(Some.Node(number, number <= 2 ? "az=a" : "az=b"));
        return world;
    }
}
