using Kontena.Contracts.Deploys;
using Kontena.Contracts.Instances;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Services;
using Kontena.Core.Affinities;
using Kontena.Scheduler.Placement;
using Kontena.Scheduler.Tests.World;

namespace Kontena.Scheduler.Tests.Placement;

/// <summary>What the original scheduler did wrong and ours does not: one test for each mark in runtime.md §2.</summary>
public sealed class KontenaBugsTests
{
    /// <summary>runtime.md §2.2: a stateless service that can't be placed gets a new failing deploy every 20 seconds, for ever.</summary>
    [Fact]
    public void A_service_that_cannot_be_placed_does_not_fail_again_and_again()
    {
        var world = new GridWorld(2);
        world.Put(Some.Service(spec: Some.Spec() with { Affinity = ["label==disk=ssd"] }));
        world.Run(3600);
        Assert.Single(world.Snapshot.ServiceDeploys.Values);
    }

    /// <summary>runtime.md §2.2: an affinity with an unknown key makes the scheduler skip the service with a line in its log.</summary>
    [Fact]
    public void An_unknown_affinity_key_is_said_to_whoever_deploys()
    {
        var world = new GridWorld(1);
        world.Put(Some.Service(spec: Some.Spec() with { Affinity = ["zone==a"] }));
        var deploy = world.Of(world.Deploy());
        Assert.Equal(DeployState.Error, deploy.State);
        Assert.Contains("affinity 'zone==a' looks at 'zone'; known are node, label, service, container", deploy.Reason, StringComparison.Ordinal);
    }

    /// <summary>runtime.md §2.2: wanted and present placements are compared as sets of nodes, which hides 3+1 where 2+2 is wanted.</summary>
    [Fact]
    public void Too_many_on_one_node_are_seen_though_the_nodes_are_the_same()
    {
        var bed = new PlacementBed(2);
        var service = Some.Service(spec: Some.Spec(4));
        bed.Settle(service);
        for (var at = 0; at < 3; at++)
            bed.Instances[at] = bed.Instances[at] with { Node = "node-1", NodeId = "ID1" };
        bed.Instances[3] = bed.Instances[3] with { Node = "node-2", NodeId = "ID2" };
        Assert.Equal([1, 1, 2, 2], bed.Place(service with { Spec = service.Spec with { MaxPerNode = 2 } }).Order());
    }

    /// <summary>runtime.md §2.3: a later volume in the list undoes what an earlier one demanded.</summary>
    [Fact]
    public void A_later_volume_does_not_undo_the_demand_of_an_earlier_one()
    {
        var bed = new PlacementBed(2);
        bed.Volumes.Add(Some.Volume("data"));
        var service = Some.Service("db", Some.Spec() with { Volumes = ["data:/var/lib/db", "/tmp/x:/x"] });
        bed.Settle(service);
        bed.Replace(node => node.Number == 1 ? node with { Availability = NodeAvailability.Drain } : node);
        Assert.Contains("not holding the data", bed.Refuse(service).Summary, StringComparison.Ordinal);
    }

    /// <summary>runtime.md §2.3: 53/tcp and 53/udp collide, and so do two addresses.</summary>
    [Theory]
    [InlineData("udp", "0.0.0.0", true)]
    [InlineData("tcp", "5.6.7.8", true)]
    [InlineData("tcp", "0.0.0.0", false)]
    public void A_port_is_one_of_a_protocol_and_an_address(string protocol, string ip, bool fits)
    {
        var bed = new PlacementBed(1);
        bed.Settle(Some.Service("dns", Some.Spec() with { Ports = [new PortMapping(53, 53, "1.2.3.4")] }));
        var other = Some.Service("other", Some.Spec() with { Ports = [new PortMapping(53, 53, ip, protocol)] });
        Assert.Equal(fits, bed.Plan(other) is PlacementPlan.Placed);
    }

    /// <summary>runtime.md §2.3: services in the network of their node are overlooked.</summary>
    [Fact]
    public void What_listens_in_the_network_of_its_node_holds_its_ports()
    {
        var bed = new PlacementBed(1);
        bed.Settle(Some.Service("lb", Some.Spec() with { Net = "host", Ports = [new PortMapping(8080, 80, "10.0.0.1")] }));
        Assert.Contains("with port 80/tcp taken",
            bed.Refuse(Some.Service(spec: Some.Spec() with { Ports = [new PortMapping(80, 8080)] })).Summary, StringComparison.Ordinal);
        Assert.Equal([1], bed.Place(Some.Service(spec: Some.Spec() with { Ports = [new PortMapping(8080, 80)] })));
    }

    /// <summary>runtime.md §2.3: instances chosen earlier in the same run are not seen, and two of them get one port.</summary>
    [Fact]
    public void Instances_of_one_run_see_each_other()
    {
        var bed = new PlacementBed(2);
        var spec = Some.Spec(2) with { Ports = [new PortMapping(80, 8080)], Affinity = ["node==node-1"] };
        Assert.Contains("1 with port 80/tcp taken", bed.Refuse(Some.Service(spec: spec)).Summary, StringComparison.Ordinal);
    }

    /// <summary>runtime.md §2.4: any <c>%</c> but <c>%s</c> breaks the rule.</summary>
    [Fact]
    public void A_percent_sign_is_just_one()
    {
        var bed = new PlacementBed([Some.Node(1, "use=100%"), Some.Node(2, "use=100%d")]);
        Assert.Equal([1], bed.Place(Some.Service(spec: Some.Spec() with { Affinity = ["label==use=100%"] })));
        Assert.Equal([2], bed.Place(Some.Service(spec: Some.Spec() with { Affinity = ["label==use=100%d", "node==node-2"] })));
        Assert.True(AffinityExpression.TryParse("node==%d-%s", out var rule, out _));
        Assert.Equal("%d-3", rule.ForInstance(3).Value);
    }

    /// <summary>runtime.md §2.4: rules narrow one after the other, so that an early wish starves a later must.</summary>
    [Theory]
    [InlineData("label==~fast", "label==disk=ssd", "label!=~slow")]
    [InlineData("label!=~slow", "label==~fast", "label==disk=ssd")]
    [InlineData("label==disk=ssd", "label!=~slow", "label==~fast")]
    public void Wishes_and_musts_may_stand_in_any_order(string first, string second, string third)
    {
        var bed = new PlacementBed([Some.Node(1, "fast"), Some.Node(2, "disk=ssd", "slow"), Some.Node(3, "disk=ssd", "slow", "fast")]);
        Assert.Equal([3], bed.Place(Some.Service(spec: Some.Spec() with { Affinity = [first, second, third] })));
    }

    /// <summary>runtime.md §2.6, #3094: daemon with every node filtered out succeeds with no instance.</summary>
    [Fact]
    public void Daemon_without_a_node_fails()
    {
        var world = new GridWorld(2);
        world.Put(Some.Service(spec: Some.Spec() with { Strategy = "daemon", Affinity = ["label==disk=ssd"] }));
        var deploy = world.Of(world.Deploy());
        Assert.Equal(DeployState.Error, deploy.State);
        Assert.Contains("of 2 nodes 2 failing label==disk=ssd", deploy.Reason, StringComparison.Ordinal);
    }

    /// <summary>runtime.md §2.6, #2244: random services are shuffled in every pass.</summary>
    [Fact]
    public void Random_draws_once()
    {
        var bed = new PlacementBed(9);
        var service = Some.Service(spec: Some.Spec(6) with { Strategy = "random" });
        var drawn = bed.Settle(service);
        Assert.Equal(drawn, bed.Place(service));
        Assert.Equal(drawn, bed.Place(service with { Spec = service.Spec with { Instances = 8 } }).Take(6));
    }

    /// <summary>runtime.md §9.1 D14: memory is guessed from what is in use, and nodes are refused or overloaded by it.</summary>
    [Fact]
    public void Memory_is_accounted_by_what_was_promised()
    {
        var bed = new PlacementBed(1);
        bed.Settle(Some.Service("a", Some.Spec(3) with { MemoryReservation = 1024 * Some.Mega, Memory = 4096 * Some.Mega }));
        Assert.Contains("1024 MB of 4096 MB are not reserved, 2048 MB needed",
            bed.Refuse(Some.Service("b", Some.Spec() with { Memory = 2048 * Some.Mega })).ToString(), StringComparison.Ordinal);
        Assert.Equal([1], bed.Place(Some.Service("b", Some.Spec() with { Memory = 2048 * Some.Mega, MemoryReservation = 512 * Some.Mega })));
    }
}
