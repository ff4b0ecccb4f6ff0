using Kontena.Contracts.Instances;
using Kontena.Contracts.Messaging;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Services;
using Kontena.Contracts.Vault;
using Kontena.Scheduler.Tests.Placement;
using Kontena.Scheduler.Tests.World;

namespace Kontena.Scheduler.Tests.Instances;

public sealed class SecretOrderTests
{
    private static readonly ServiceSpec Asking = Some.Spec() with { Secrets = [new SecretUse("DB_PASS", "PASS", "env")] };

    private static Node WithKey(int number)
    {
        var node = Some.Node(number);
        return node with { Facts = node.Facts! with { VaultKey = "a-key" } };
    }

    [Fact]
    public void An_order_with_secrets_goes_to_its_node_by_way_of_grid_manager_and_names_them_without_values()
    {
        var world = new GridWorld();
        world.Add(WithKey(1));
        world.Put(Some.Service(spec: Asking));
        world.Finish(world.Deploy());
        var sent = Assert.Single(world.Sent, one => one.Message is SealOrder);
        var seal = (SealOrder)sent.Message;
        Assert.Equal(Destination.GridManager, sent.Destination);
        Assert.Equal(("test-grid", "node-1", "ID1"), (seal.Grid, seal.Node, seal.NodeId));
        Assert.Equal([new InstanceSecret("DB_PASS", "PASS", "env")], seal.Order.Spec.Secrets);
        Assert.Equal([new InstanceSecret("DB_PASS", "PASS", "env")], Assert.Single(world.Instances).Spec!.Secrets);
        Assert.DoesNotContain(world.Sent, one => one.Message is ApplyInstance);
    }

    [Fact]
    public void To_stop_a_node_needs_no_secrets_and_nobody_above_it_but_the_scheduler()
    {
        var world = new GridWorld();
        world.Add(WithKey(1));
        world.Put(Some.Service(spec: Asking));
        world.Finish(world.Deploy());
        world.HasGridManager = false;
        world.Change("web", one => one with { State = ServiceState.Stopped });
        world.Run(10);
        Assert.Contains(world.Sent, one => one is { Destination: var to, Message: ApplyInstance { Desired: DesiredState.Stopped } } && to == Destination.Node("ID1"));
    }

    [Fact]
    public void An_order_that_grid_manager_lost_is_sent_again()
    {
        var world = new GridWorld { HasGridManager = false };
        world.Add(WithKey(1));
        world.Put(Some.Service(spec: Asking));
        world.Deploy();
        world.Run(5);
        Assert.Empty(world["node-1"].Containers);
        world.HasGridManager = true;
        world.Run(60);
        Assert.Single(world["node-1"].Containers);
    }

    [Fact]
    public void A_node_whose_agent_is_too_old_for_secrets_is_left_out_with_the_remedy()
    {
        var bed = new PlacementBed([Some.Node(1), WithKey(2), Some.Node(3)]);
        Assert.Equal([2], bed.Place(Some.Service(spec: Asking)));
        Assert.Contains(bed.Place(Some.Service("other")).Single(), new[] { 1, 2, 3 });
        bed.Replace(node => node with { Facts = new NodeFacts { Cpus = 4, MemoryTotal = 4096 * Some.Mega } });
        var refusal = bed.Refuse(Some.Service(spec: Asking));
        Assert.Equal("no node for shop.web-1: of 3 nodes 3 unable to take secrets", refusal.Summary);
        Assert.Contains("upgrade the agent of node-1", refusal.ToString(), StringComparison.Ordinal);
    }
}
