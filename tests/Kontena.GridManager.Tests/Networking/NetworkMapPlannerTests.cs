using Kontena.Contracts.Networking;
using Kontena.Contracts.Nodes;
using Kontena.GridManager.Networking;
using Xunit;

namespace Kontena.GridManager.Tests.Networking;

public sealed class NetworkMapPlannerTests
{
    [Fact]
    public void Every_node_that_has_joined_is_in_the_map_with_its_block_and_region()
    {
        var map = NetworkMapPlanner.Next(Some.Grid(), [Some.Node(3) with { Labels = ["az=a", "region=eu"] }, Some.Node(1), Some.Node(2) with { NodeId = null }], null, 0)!;
        Assert.Equal([(1, "10.81.1.0/24", "default"), (3, "10.81.3.0/24", "eu")], map.Nodes.Select(node => (node.Number, node.Block, node.Region)));
        Assert.Equal((1, "10.81.0.0/16", OverlayDriver.Auto), (map.Revision, map.Subnet, map.Driver));
    }

    [Fact]
    public void The_same_nodes_make_no_new_map_and_any_change_makes_a_newer_one()
    {
        var first = NetworkMapPlanner.Next(Some.Grid(), [Some.Node(1), Some.Node(2)], null, 0)!;
        Assert.Null(NetworkMapPlanner.Next(Some.Grid(), [Some.Node(2), Some.Node(1)], first, first.Revision));
        Assert.Equal(2, NetworkMapPlanner.Next(Some.Grid(), [Some.Node(1)], first, 0)!.Revision);
        Assert.Equal(2, NetworkMapPlanner.Next(Some.Grid() with { OverlayDriver = "vxlan" }, [Some.Node(1), Some.Node(2)], first, 0)!.Revision);
        Assert.Equal(2, NetworkMapPlanner.Next(Some.Grid(), [Some.Node(1), Some.Node(2) with { Network = new NodeNetwork { Mtu = 1400 } }], first, 0)!.Revision);
    }

    [Fact]
    public void A_map_of_ours_is_never_older_than_one_an_agent_has()
    {
        var first = NetworkMapPlanner.Next(Some.Grid(), [Some.Node(1)], null, 0)!;
        Assert.Equal(42, NetworkMapPlanner.Next(Some.Grid(), [Some.Node(1)], first, 41)!.Revision);
    }

    [Fact]
    public void A_key_that_two_nodes_give_is_that_of_the_lower_number()
    {
        var network = new NodeNetwork { WireGuardKey = Convert.ToBase64String(new byte[32]) };
        var map = NetworkMapPlanner.Next(Some.Grid(), [Some.Node(2) with { Network = network }, Some.Node(1) with { Network = network }], null, 0)!;
        Assert.Equal([network.WireGuardKey, null], map.Nodes.Select(node => node.Network!.WireGuardKey));
    }

    [Fact]
    public void Whoever_has_a_key_in_the_map_keeps_it_also_from_a_lower_number()
    {
        var network = new NodeNetwork { WireGuardKey = Convert.ToBase64String(new byte[32]) };
        var first = NetworkMapPlanner.Next(Some.Grid(), [Some.Node(1), Some.Node(2) with { Network = network }], null, 0)!;
        var second = NetworkMapPlanner.Next(Some.Grid(), [Some.Node(1) with { Network = network }, Some.Node(2) with { Network = network }], first, 0)!;
        Assert.Equal([null, network.WireGuardKey], second.Nodes.Select(node => node.Network!.WireGuardKey));

        var after = network with { WireGuardKey = null };
        var third = NetworkMapPlanner.Next(Some.Grid(), [Some.Node(1) with { Network = network }, Some.Node(2) with { Network = after }], second, 0)!;
        Assert.Equal([network.WireGuardKey, null], third.Nodes.Select(node => node.Network!.WireGuardKey));
    }

    [Fact]
    public void A_record_that_an_older_writer_stripped_takes_nothing_from_the_map()
    {
        var network = new NodeNetwork { WireGuardKey = Convert.ToBase64String(new byte[32]) };
        var first = NetworkMapPlanner.Next(Some.Grid(), [Some.Node(1) with { Network = network }], null, 0)!;
        Assert.Null(NetworkMapPlanner.Next(Some.Grid(), [Some.Node(1)], first, 0));
    }

    [Theory]
    [InlineData(long.MaxValue - 1)]
    [InlineData(long.MaxValue)]
    [InlineData(long.MinValue)]
    [InlineData(NetworkMapPlanner.FarthestAhead + 2)]
    public void A_revision_that_can_not_be_does_not_move_the_map(long told)
    {
        var first = NetworkMapPlanner.Next(Some.Grid(), [Some.Node(1)], null, 0)!;
        Assert.Null(NetworkMapPlanner.Next(Some.Grid(), [Some.Node(1)], first, told));
        Assert.Equal(2, NetworkMapPlanner.Next(Some.Grid(), [Some.Node(1), Some.Node(2)], first, told)!.Revision);
    }

    [Theory]
    [InlineData("10.0.0.9 -j ACCEPT")]
    [InlineData("10.0.0.0/8")]
    [InlineData("::1")]
    public void Only_plain_addresses_of_hosts_are_in_the_map(string address)
    {
        var map = NetworkMapPlanner.Next(Some.Grid(), [Some.Node(1) with { Facts = new NodeFacts { PrivateIp = address, PublicIp = "203.0.113.9" } }], null, 0)!;
        Assert.Equal((null, "203.0.113.9"), (map.Nodes[0].PrivateIp, map.Nodes[0].PublicIp));
    }

    [Fact]
    public void What_was_measured_names_nodes_of_the_grid_and_drivers_there_are()
    {
        MeasuredPair Pair(string peer, string? driver) => new(peer, driver, true, 1, 1500, 1500, null, new string('x', 1000));
        var measured = new NetworkMeasured { Grid = "prod", Node = "core-1", NodeId = "ID:1", CheckId = "c", Pairs = [Pair("core-2", "vxlan"), Pair("core-2", "gre"), Pair(new string('y', 5000), null), null!] };
        var kept = Assert.Single(NetworkMeasuredConsumer.Decide(Some.Snapshot(Some.Node(1), Some.Node(2)), measured, Some.Now).Puts(Kontena.State.StateKeys.NetworkCheck));
        Assert.Equal(("core-2", "vxlan", 300), (kept.Pairs.Single().Peer, kept.Pairs.Single().Driver, kept.Pairs.Single().Why!.Length));
    }

    [Fact]
    public void Of_a_report_only_what_is_well_formed_goes_on()
    {
        var sane = NetworkReportConsumer.Sane(new NodeNetwork
        {
            WireGuardKey = "x; rm -rf /", Port = 70000, Mtu = 12, Addresses = [null!, "10.0.0.1/24", "10.0.0.1", "::1/64", "1.2.3.4/33"], Vxlan = true,
        });
        Assert.Equal((null, 0, 0, true), (sane.WireGuardKey, sane.Port, sane.Mtu, sane.Vxlan));
        Assert.Equal(["10.0.0.1/24"], sane.Addresses);
    }

    [Fact]
    public void Only_a_node_with_a_key_is_told_to_take_another()
    {
        var network = new NodeNetwork { WireGuardKey = Convert.ToBase64String(new byte[32]) };
        var command = new RotateNodeKey { Grid = "prod", Node = "core-1" };
        Assert.Null(RotateNodeKeyConsumer.Decide(Some.Snapshot(Some.Node(1)), command).Batch);
        Assert.Null(RotateNodeKeyConsumer.Decide(Some.Snapshot(), command).Batch);
        Assert.Single(RotateNodeKeyConsumer.Decide(Some.Snapshot(Some.Node(1) with { Network = network }), command).Batch!.Messages);
    }

    [Fact]
    public void A_report_of_another_machine_than_the_node_changes_nothing()
    {
        var report = new NodeNetworkReport { Grid = "prod", Node = "core-1", NodeId = "ID:OTHER", Network = new NodeNetwork { Mtu = 1500 } };
        Assert.Null(NetworkReportConsumer.Decide(Some.Snapshot(Some.Node(1)), report, Some.Now).Batch);
        Assert.NotNull(NetworkReportConsumer.Decide(Some.Snapshot(Some.Node(1)), report with { NodeId = "ID:1" }, Some.Now).Batch);
    }
}
