using Kontena.Contracts.Instances;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Services;
using Kontena.Scheduler.Placement;
using Kontena.Scheduler.Tests.World;

namespace Kontena.Scheduler.Tests.Placement;

public sealed class PlacementPlannerTests
{
    private static readonly DateTimeOffset Now = Some.Start.AddHours(1);

    [Fact]
    public void Ha_fills_the_emptiest_zone_first()
    {
        var bed = new PlacementBed([Some.Node(1, "az=a"), Some.Node(2, "az=a"), Some.Node(3, "az=b")]);
        Assert.Equal([1, 3, 2, 3], bed.Place(Some.Service(spec: Some.Spec(4))));
    }

    [Fact]
    public void Ha_prefers_the_node_that_carries_less()
    {
        var bed = new PlacementBed(2);
        bed.Settle(Some.Service("db"));
        Assert.Equal([2], bed.Place(Some.Service("web")));
    }

    [Fact]
    public void Daemon_counts_nodes_and_survivors_keep_their_numbers()
    {
        var bed = new PlacementBed(4);
        var service = Some.Service(spec: Some.Spec() with { Strategy = "daemon" });
        bed.Settle(service);
        bed.Replace(node => node.Number == 2 ? node with { Availability = NodeAvailability.Drain } : node);
        Assert.Equal([1, 4, 3], bed.Place(service));
    }

    [Fact]
    public void Daemon_with_every_node_filtered_out_is_refused_not_empty() // runtime.md §2.6 [BUG] #3094
    {
        var bed = new PlacementBed(2);
        var service = Some.Service(spec: Some.Spec() with { Strategy = "daemon", Affinity = ["label==disk=ssd"] });
        Assert.Equal(
            "no node for shop.web-1: of 2 nodes 2 failing label==disk=ssd", bed.Refuse(service).Summary);
    }

    [Fact]
    public void Random_stays_where_it_was_drawn()
    {
        var bed = new PlacementBed(5);
        var service = Some.Service(spec: Some.Spec(5) with { Strategy = "random" });
        var first = bed.Settle(service);
        Assert.Equal(first, bed.Place(service));
    }

    [Fact]
    public void An_unknown_strategy_lists_the_known_ones()
    {
        var refusal = new PlacementBed(1).Refuse(Some.Service(spec: Some.Spec() with { Strategy = "best" }));
        Assert.Contains("known are binpack, daemon, ha, random", refusal.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_lost_node_keeps_none_of_its_stateless_instances() // decision 0023
    {
        foreach (var strategy in new[] { "ha", "random" })
        {
            var bed = new PlacementBed(2);
            var service = Some.Service(spec: Some.Spec() with { Strategy = strategy });
            var home = Assert.Single(bed.Settle(service));
            bed.Liveness[$"node-{home}"] = Some.Offline($"node-{home}", Now.AddSeconds(-1));
            Assert.Equal([3 - home], bed.Place(service));
        }
    }

    [Fact]
    public void A_daemon_waits_ten_minutes_for_its_node() // runtime.md §2.12
    {
        var bed = new PlacementBed(3);
        var service = Some.Service(spec: Some.Spec() with { Strategy = "daemon" });
        var before = bed.Settle(service);
        bed.Liveness["node-2"] = Some.Offline("node-2", Now.AddSeconds(-599));
        Assert.Equal(before, bed.Place(service));
        bed.Liveness["node-2"] = Some.Offline("node-2", Now.AddSeconds(-601));
        Assert.Equal(2, bed.Place(service).Count);
    }

    [Fact]
    public void A_suspect_node_keeps_but_gains_nothing()
    {
        var bed = new PlacementBed(2);
        var service = Some.Service(spec: Some.Spec(2));
        bed.Settle(service);
        bed.Liveness["node-1"] = Some.Online("node-1") with { State = LivenessState.Suspect };
        Assert.Equal([1, 2, 2], bed.Place(service with { Spec = Some.Spec(3) }));
    }

    [Fact]
    public void A_returned_node_does_not_draw_instances_back() // runtime.md §9.1 D7
    {
        var bed = new PlacementBed(2);
        var service = Some.Service(spec: Some.Spec(2));
        bed.Liveness["node-2"] = Some.Offline("node-2", Some.Start);
        Assert.Equal([1, 1], bed.Settle(service));
        bed.Liveness["node-2"] = Some.Online("node-2");
        Assert.Equal([1, 1], bed.Place(service));
    }

    [Fact]
    public void Instances_chosen_earlier_in_the_run_hold_their_ports() // runtime.md §2.3 [BUG]
    {
        var bed = new PlacementBed(2);
        var spec = Some.Spec(3) with { Ports = [new PortMapping(80, 8080)] };
        Assert.Equal("no node for shop.web-3: of 2 nodes 2 with port 80/tcp taken", bed.Refuse(Some.Service(spec: spec)).Summary);
    }

    [Theory]
    [InlineData("tcp", "0.0.0.0", "udp", "0.0.0.0", true)]
    [InlineData("tcp", "1.2.3.4", "tcp", "5.6.7.8", true)]
    [InlineData("tcp", "1.2.3.4", "tcp", "0.0.0.0", false)]
    [InlineData("tcp", "1.2.3.4", "tcp", "1.2.3.4", false)]
    public void Ports_collide_by_protocol_and_address(string firstProtocol, string firstIp, string secondProtocol, string secondIp, bool fits)
    {
        var bed = new PlacementBed(1);
        bed.Settle(Some.Service("dns", Some.Spec() with { Ports = [new PortMapping(53, 53, firstIp, firstProtocol)] }));
        var second = Some.Service("other", Some.Spec() with { Ports = [new PortMapping(53, 53, secondIp, secondProtocol)] });
        Assert.Equal(fits, bed.Plan(second) is PlacementPlan.Placed);
    }

    [Fact]
    public void Memory_and_cpus_are_accounted_over_services()
    {
        var bed = new PlacementBed(1);
        bed.Settle(Some.Service("db", Some.Spec() with { Memory = 3000 * Some.Mega, Cpus = 3 }));
        var memory = bed.Refuse(Some.Service("web", Some.Spec(2) with { Memory = 600 * Some.Mega }));
        Assert.Contains("no node for shop.web-2: of 1 node 1 lacking 600 MB of memory", memory.ToString(), StringComparison.Ordinal);
        Assert.Contains("node-1: 496 MB of 4096 MB are not reserved, 600 MB needed", memory.ToString(), StringComparison.Ordinal);
        var cpu = bed.Refuse(Some.Service("web", Some.Spec() with { Cpus = 1.5 }));
        Assert.Contains("1 of 4 CPUs are not reserved, 1.5 needed", cpu.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Stateful_data_stays_where_it_is()
    {
        var bed = new PlacementBed(2);
        var service = Some.Service("db", Some.Spec() with { Stateful = true });
        bed.Settle(service);
        bed.Replace(node => node.Number == 1 ? node with { Availability = NodeAvailability.Drain } : node);
        Assert.Equal("no node for shop.db-1: of 2 nodes 1 draining, 1 not holding the data of shop.db-1", bed.Refuse(service).Summary);
    }

    [Fact]
    public void A_full_disk_keeps_what_it_has_and_gets_nothing_new()
    {
        var bed = new PlacementBed(2);
        var web = Some.Service("web", Some.Spec(2));
        bed.Settle(web);
        bed.Replace(node => node.Number == 1 ? node with { Facts = node.Facts! with { DiskPressure = true } } : node);
        Assert.Equal([1, 2], bed.Place(web).Order());
        Assert.Equal([2, 2], bed.Place(Some.Service("other", Some.Spec(2))));
        bed.Replace(node => node with { Facts = node.Facts! with { DiskPressure = true } });
        Assert.Equal("no node for shop.late-1: of 2 nodes 2 with a full disk", bed.Refuse(Some.Service("late")).Summary);
    }

    [Fact]
    public void Stateful_services_avoid_ephemeral_nodes()
    {
        var bed = new PlacementBed([Some.Node(1, "ephemeral=yes"), Some.Node(2)]);
        Assert.Equal([2], bed.Place(Some.Service("db", Some.Spec() with { Stateful = true })));
    }

    [Fact]
    public void A_soft_rule_before_a_hard_one_does_not_starve_it() // runtime.md §2.4
    {
        var bed = new PlacementBed([Some.Node(1, "fast"), Some.Node(2, "disk=ssd")]);
        var spec = Some.Spec() with { Affinity = ["label==~fast", "label==disk=ssd"] };
        Assert.Equal([2], bed.Place(Some.Service(spec: spec)));
    }

    [Fact]
    public void A_service_can_avoid_itself_and_follow_another()
    {
        var bed = new PlacementBed(3);
        Assert.Equal([1, 2, 3], bed.Place(Some.Service(spec: Some.Spec(3) with { Affinity = ["service!=web"] })));
        bed.Settle(Some.Service("db", Some.Spec() with { Affinity = ["node==node-3"] }));
        Assert.Equal([3], bed.Place(Some.Service("app", Some.Spec() with { Affinity = ["service==db"] })));
        Assert.Equal([3], bed.Place(Some.Service("app", Some.Spec() with { Affinity = ["service==shop/db"] }, "other")));
        Assert.Equal([3], bed.Place(Some.Service("app", Some.Spec() with { Affinity = ["container==shop.db-1"] }, "other")));
        Assert.Equal([1], bed.Place(Some.Service("app", Some.Spec() with { Affinity = ["container!=/db-\\d$/"] })));
    }

    [Fact]
    public void The_grid_default_affinity_is_replaced_not_merged()
    {
        var bed = new PlacementBed([Some.Node(1), Some.Node(2, "disk=ssd")]) { DefaultAffinity = ["label==disk=ssd"] };
        Assert.Equal([2], bed.Place(Some.Service()));
        Assert.Equal([1], bed.Place(Some.Service(spec: Some.Spec() with { Affinity = ["node==node-1"] })));
    }

    [Fact]
    public void A_rule_that_cannot_be_read_refuses_with_its_text() // runtime.md §2.2 [BUG]
    {
        var refusal = new PlacementBed(1).Refuse(Some.Service(spec: Some.Spec() with { Affinity = ["zone==a"] }));
        Assert.Contains("affinity 'zone==a' looks at 'zone'", refusal.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Volumes_from_needs_the_other_container_on_the_node()
    {
        var bed = new PlacementBed(2);
        var spec = Some.Spec() with { VolumesFrom = ["db-%s:ro"] };
        Assert.Contains("2 without container db-1", bed.Refuse(Some.Service(spec: spec)).Summary, StringComparison.Ordinal);
        bed.Settle(Some.Service("db", Some.Spec() with { Affinity = ["node==node-2"] }));
        Assert.Equal([2], bed.Place(Some.Service(spec: spec)));
    }

    [Fact]
    public void The_explanation_sums_up_and_says_what_would_help()
    {
        var bed = new PlacementBed(
        [
            Some.Node(1) with { Facts = new NodeFacts { Cpus = 1, MemoryTotal = 256 * Some.Mega } },
            Some.Node(2) with { Facts = new NodeFacts { Cpus = 1, MemoryTotal = 300 * Some.Mega } },
            Some.Node(3) with { Availability = NodeAvailability.Drain },
            Some.Node(4, "disk=hdd"),
            Some.Node(5) with { NodeId = null },
        ]);
        var spec = Some.Spec() with { Memory = 512 * Some.Mega, Affinity = ["label!=disk=hdd"] };
        var refusal = bed.Refuse(Some.Service(spec: spec));
        Assert.Equal(
            "no node for shop.web-1: of 5 nodes 2 lacking 512 MB of memory, 1 draining, 1 failing label!=disk=hdd, 1 not joined yet",
            refusal.Summary);
        Assert.Contains("node-4: has label disk=hdd, wanted label!=disk=hdd", refusal.ToString(), StringComparison.Ordinal);
        Assert.Contains("set the availability of node-3 to active", refusal.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_grid_without_nodes_says_so() =>
        Assert.Equal("no node for shop.web-1: the grid has no nodes; join a node to it", new PlacementBed(0).Refuse(Some.Service()).ToString());

    [Fact]
    public void A_leaving_instance_still_holds_its_port()
    {
        var bed = new PlacementBed(1);
        var old = Some.Service("old", Some.Spec() with { Ports = [new PortMapping(80, 80)] });
        bed.Settle(old);
        bed.Instances[0] = bed.Instances[0] with
        {
            Node = null, NodeId = null, Desired = DesiredState.Removed, Departures = [new Departure("node-1", "ID1", 2, Now)],
        };
        Assert.Contains("which is leaving",
            bed.Refuse(Some.Service(spec: Some.Spec() with { Ports = [new PortMapping(80, 80)] })).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_machine_that_took_over_a_name_holds_nothing_of_its_predecessor()
    {
        var ports = Some.Spec() with { Ports = [new PortMapping(80, 80)] };
        var bed = new PlacementBed(1);
        bed.Settle(Some.Service("old", ports));
        bed.Instances[0] = bed.Instances[0] with
        {
            Node = null, NodeId = null, Desired = DesiredState.Removed, Departures = [new Departure("node-1", "ID-before", 2, Now)],
        };
        Assert.Equal([1], bed.Place(Some.Service(spec: ports)));
    }
}
