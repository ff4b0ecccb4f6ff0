using Kontena.Contracts.Networking;
using Kontena.NodeAgent.Networking.Overlay;
using Xunit;
using static Kontena.NodeAgent.Tests.Networking.Overlay.SomeNetwork;

namespace Kontena.NodeAgent.Tests.Networking.Overlay;

public sealed class OverlayPlannerTests
{
    [Theory]
    [InlineData("auto", "192.168.0.0/24", 0, "direct")]     // one wire, trusted
    [InlineData("auto", "192.168.0.0/16", 1, "vxlan")]      // a router between, trusted
    [InlineData("auto", "10.0.0.0/8", 0, "wireguard")]      // not trusted
    [InlineData("wireguard", "192.168.0.0/16", 0, "wireguard")]
    [InlineData("vxlan", "10.0.0.0/8", 0, "vxlan")]
    [InlineData("direct", "10.0.0.0/8", 0, "direct")]
    public void The_driver_of_a_pair_follows_the_policy_and_the_wire(string policy, string trusted, int otherWire, string driver)
    {
        var plan = Plan(Map(policy, [trusted], Node(1), Node(2, wire: otherWire)), 1);
        Assert.Equal(driver, Assert.Single(plan.Peers).Driver);
        Assert.Empty(plan.Problems);
    }

    [Fact]
    public void Both_ends_of_every_pair_come_to_the_same_driver()
    {
        NetworkPeer[] nodes =
        [
            Node(1), Node(2), Node(3, wire: 1), Node(4, region: "eu"), Node(5) with { Network = null }, Node(6) with { Network = Node(6).Network! with { Vxlan = false } },
            Node(7) with { Network = Node(7).Network! with { WireGuardKey = null } }, Node(8) with { Network = Node(8).Network! with { Administers = false } },
        ];
        foreach (var policy in OverlayDriver.All)
        {
            var map = Map(policy, ["192.168.0.0/16"], nodes);
            foreach (var (one, other) in from one in nodes from other in nodes where one.Number < other.Number select (one, other))
            {
                // A node that may not administer has no plan at all, whatever its peers would do.
                if (one.Network is { Administers: false })
                    continue;
                var there = PairDriver.Of(map, one, other);
                var back = PairDriver.Of(map, other, one);
                if (other.Network is { Administers: true })
                    Assert.Equal(there.Driver, back.Driver);
            }
        }
    }

    [Fact]
    public void Nodes_of_one_region_meet_at_private_addresses_and_others_at_public_ones()
    {
        var plan = Plan(Map("wireguard", [], Node(1), Node(2), Node(3, region: "eu"), Node(4, region: "eu") with { PublicIp = null }), 1);
        Assert.Equal(["192.168.0.2:51820", "203.0.113.3:51820", "192.168.0.4:51820"], plan.WireGuard!.Peers.Select(peer => peer.Endpoint));
    }

    [Theory]
    [InlineData("wireguard", 1420)]
    [InlineData("vxlan", 1450)]
    [InlineData("direct", 1500)]
    public void The_route_of_a_narrow_way_has_its_size_and_the_others_have_none(string driver, int computed)
    {
        int?[] Sizes(int seen) =>
        [
            .. OverlayPlanner.Plan(Map(driver, ["192.168.0.0/24"], Node(1), Node(2), Node(3)), Node(1), Host(1) with { Caps = new Dictionary<string, int> { ["10.81.2.1"] = seen } })
                .Routes.Select(route => route.Mtu),
        ];
        Assert.Equal([1280, null], Sizes(1280));
        Assert.Equal([null, null], Sizes(computed));
    }

    [Fact]
    public void A_tunnel_takes_from_each_peer_only_the_block_it_was_given()
    {
        var plan = Plan(Map("wireguard", [], Node(1), Node(2), Node(3)), 1);
        Assert.Equal(["10.81.2.0/24", "10.81.3.0/24"], plan.WireGuard!.Peers.Select(peer => peer.AllowedIps));
        Assert.Equal(1420, plan.WireGuard.Mtu);
    }

    [Fact]
    public void A_key_that_comes_next_is_known_before_it_carries_anything()
    {
        var plan = Plan(Map("wireguard", [], Node(1), Node(2) with { Network = Node(2).Network! with { NextKey = Key(99) } }), 1);
        Assert.Equal([("10.81.2.0/24", Key(2)), (null, Key(99))], plan.WireGuard!.Peers.Select(peer => (peer.AllowedIps, peer.Key)));
    }

    [Fact]
    public void Packets_are_as_long_as_the_narrowest_way_lets_them_be()
    {
        Assert.Equal(1420, OverlayPlanner.ContainerMtu(Map("auto", ["192.168.0.0/24"], Node(1), Node(2), Node(3, region: "eu")), Node(1)));
        Assert.Equal(1500, OverlayPlanner.ContainerMtu(Map("auto", ["192.168.0.0/24"], Node(1), Node(2)), Node(1)));
        Assert.Equal(1350, OverlayPlanner.ContainerMtu(Map("vxlan", [], Node(1), Node(2) with { Network = Node(2).Network! with { Mtu = 1400 } }), Node(1)));
        Assert.Equal(1420, OverlayPlanner.ContainerMtu(Map("auto", [], Node(1)), Node(1)));
    }

    [Fact]
    public void A_route_of_the_host_is_never_taken_over_and_the_overlap_is_said()
    {
        var plan = Plan(Map("direct", [], Node(1), Node(2), Node(3)), 1, new ForeignRoute("10.81.2.0/25", "eth1"), new ForeignRoute("172.17.0.0/16", "docker0"));
        Assert.Equal(["10.81.3.0/24"], plan.Routes.Select(route => route.To));
        Assert.Contains(plan.Problems, problem => problem.Contains("10.81.0.0/16 overlaps with 10.81.2.0/25", StringComparison.Ordinal));
        Assert.Contains(plan.Remarks, remark => remark.StartsWith("no way to node n2", StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_wrong_with_another_node_is_said_and_does_not_degrade_this_one()
    {
        var plan = Plan(Map("wireguard", [], Node(1), Node(2) with { Network = null }, Node(3) with { Network = Node(3).Network! with { WireGuardKey = null } }, Node(4)), 1);
        Assert.Empty(plan.Problems);
        Assert.Equal(2, plan.Remarks.Count);

        var own = Plan(Map("wireguard", [], Node(1) with { Network = Node(1).Network! with { WireGuardKey = null } }, Node(2), Node(3)), 1);
        Assert.StartsWith("containers here don't reach all others: this host has no WireGuard key", Assert.Single(own.Problems));
        Assert.Empty(own.Remarks);
    }

    [Theory]
    [InlineData("10.0.0.9 -j ACCEPT\n-A INPUT -j ACCEPT")]
    [InlineData("10.0.0.0/8")]
    [InlineData("fe80::1")]
    public void An_address_that_is_none_reaches_no_rule_and_no_route(string address)
    {
        foreach (var driver in OverlayDriver.All)
        {
            var plan = Plan(Map(driver, ["0.0.0.0/0"], Node(1), Node(2, privateIp: address) with { PublicIp = null }, Node(3)), 1);
            Assert.DoesNotContain(plan.Firewall.Chains.SelectMany(chain => chain.Rules), rule => rule.Contains(address, StringComparison.Ordinal));
            Assert.Equal(["10.81.3.0/24"], plan.Routes.Select(route => route.To));
        }
    }

    [Fact]
    public void A_neighbour_that_no_card_leads_to_is_let_in_by_none()
    {
        var map = Map("direct", [], Node(1), Node(2));
        var plan = OverlayPlanner.Plan(map, Node(1), Host(1) with { Cards = [new HostCard("eth9", "172.31.0.1/16")] });
        Assert.DoesNotContain(Chain(plan, "kontena-fwd-"), rule => rule.Contains("-s 10.81.2.0/24 -d 10.81.1.0/24", StringComparison.Ordinal) && rule.Contains("ACCEPT", StringComparison.Ordinal));
    }

    [Fact]
    public void What_carries_the_mark_of_another_grid_is_found_and_nothing_else()
    {
        var (own, other) = (OverlayNames.Of("test"), OverlayNames.Of("former"));
        Assert.Equal([other.WireGuard, other.Vxlan], OverlayNames.TunnelsOfOthers(own, [own.WireGuard, own.Vxlan, other.WireGuard, other.Vxlan, other.Bridge, "kontena-lab", "kontena-wireles", "eth0"]));
        Assert.Equal([other], OverlayNames.OthersOf(own, [own.Forward, own.Input, other.Forward, other.Nat, "INPUT", "DOCKER-abcdef", "kontena-abcdef"]));
    }

    [Fact]
    public void A_network_with_other_addresses_than_the_block_reaches_nobody_and_says_what_to_do()
    {
        var map = Map("direct", [], Node(1), Node(2));
        var plan = OverlayPlanner.Plan(map, Node(1), Host(1) with { Subnet = "172.20.0.0/16", Gateway = "172.20.0.1" });
        Assert.Empty(plan.Routes);
        Assert.Contains(plan.Problems, problem => problem.Contains("not this node's block 10.81.1.0/24", StringComparison.Ordinal) && problem.Contains("docker network rm", StringComparison.Ordinal));
    }

    [Fact]
    public void A_key_that_another_node_has_too_is_named_with_its_owner_and_the_remedy()
    {
        var map = Map("wireguard", [], Node(1), Node(2) with { Network = Node(2).Network! with { WireGuardKey = null } });
        var plan = OverlayPlanner.Plan(map, map.Nodes[1], Host(2) with { OwnKey = Key(1) });

        Assert.Equal(
            "the WireGuard key of this host is node n1's, as after a copied disk: n1 keeps it, and containers here don't reach all others until this node has another: kontena node rotate-key n2",
            Assert.Single(plan.Problems));
        // Where another driver carries it all, the key is nobody's concern.
        Assert.Empty(OverlayPlanner.Plan(map with { Driver = "vxlan" }, map.Nodes[1], Host(2) with { OwnKey = Key(1) }).Problems);
    }

    [Fact]
    public void Two_nodes_at_one_address_are_named()
    {
        var plan = Plan(Map("wireguard", [], Node(1), Node(2), Node(3, privateIp: "192.168.0.2")), 1);
        Assert.Contains(plan.Remarks, remark => remark.StartsWith("nodes n2 and n3 give the same address 192.168.0.2", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("wireguard", "-i kontena-w")]
    [InlineData("vxlan", "-i kontena-v")]
    [InlineData("direct", "-i eth0 ")]
    public void A_peers_packets_pass_only_when_they_come_the_way_that_leads_to_it(string driver, string from)
    {
        var rules = Chain(Plan(Map(driver, [], Node(1), Node(2)), 1), "kontena-fwd-");
        Assert.Contains(rules, rule => rule.StartsWith(from, StringComparison.Ordinal) && rule.EndsWith("-s 10.81.2.0/24 -d 10.81.1.0/24 -o kontena-bridge -j ACCEPT", StringComparison.Ordinal));
        Assert.Contains("! -i kontena-bridge -s 10.81.0.0/16 -d 10.81.1.0/24 -j DROP", rules);
        Assert.Equal("-i kontena-bridge ! -s 10.81.1.0/24 -j DROP", rules[0]);
    }

    [Fact]
    public void The_control_planes_ports_are_closed_to_containers_on_their_host_and_on_the_brokers()
    {
        var plan = Plan(Map("direct", [], Node(1)), 1);
        Assert.Contains("-i kontena-bridge -d 192.168.0.200 -p tcp -m multiport --dports 6379 -j REJECT --reject-with tcp-reset", Chain(plan, "kontena-fwd-"));
        Assert.Contains("-i kontena-bridge -d 192.168.0.200 -p tcp -m tcp --dport 5682 -j REJECT --reject-with tcp-reset", Chain(plan, "kontena-fwd-"));
        Assert.Contains("-s 10.81.0.0/16 ! -i lo -p tcp -m multiport --dports 6379 -j REJECT --reject-with tcp-reset", Chain(plan, "kontena-in-"));
    }

    [Fact]
    public void Names_are_answered_to_the_grid_and_to_nobody_else_also_where_there_is_one_node()
    {
        var rules = Chain(Plan(Map("auto", [], Node(1)), 1), "kontena-in-").ToList();
        foreach (var protocol in (string[])["udp", "tcp"])
        {
            var accepted = rules.IndexOf($"-s 10.81.0.0/16 -d 10.81.1.1 -p {protocol} -m {protocol} --dport 53 -j ACCEPT");
            var refused = rules.IndexOf($"-d 10.81.1.1 ! -i lo -p {protocol} -m {protocol} --dport 53 -j REJECT --reject-with icmp-port-unreachable");
            Assert.True(accepted >= 0 && refused > accepted, string.Join('\n', rules));
        }
    }

    [Fact]
    public void Names_of_interfaces_fit_and_those_of_two_grids_differ()
    {
        var names = Enumerable.Range(0, 2000).Select(number => OverlayNames.Of($"grid-{number}")).ToList();
        Assert.All(names, one => Assert.True(one.Bridge.Length <= 15 && one.Forward.Length <= 28 && one.Vni is > 0 and < 1 << 24));
        Assert.True(names.Select(one => one.Mark).Distinct().Count() > 1990);
    }

    private static IReadOnlyList<string> Chain(OverlayPlan plan, string prefix) => plan.Firewall.Chains.Single(chain => chain.Chain.StartsWith(prefix, StringComparison.Ordinal)).Rules;
}
