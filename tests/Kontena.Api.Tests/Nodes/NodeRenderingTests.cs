using Kontena.Api.Nodes;
using Kontena.Contracts.Nodes;
using Kontena.State;

namespace Kontena.Api.Tests.Nodes;

public sealed class NodeRenderingTests
{
    [Fact]
    public void Status_is_the_first_that_fits()
    {
        var node = Some.Node();

        Assert.Equal("created", NodeRendering.StatusOf(node with { NodeId = null, Facts = null }, connected: false, null));
        Assert.Equal("offline", NodeRendering.StatusOf(node with { Availability = NodeAvailability.Drain }, connected: false, null));
        Assert.Equal("connecting", NodeRendering.StatusOf(node with { Facts = null }, connected: true, null));
        Assert.Equal("drain", NodeRendering.StatusOf(node with { Availability = NodeAvailability.Drain }, connected: true, null));
        Assert.Equal("online", NodeRendering.StatusOf(node, connected: true, null));
        var restarts = new NodeLiveness { Grid = node.Grid, Node = node.Name, State = LivenessState.Suspect, RestartsSince = node.UpdatedAt };
        Assert.Equal("restarting", NodeRendering.StatusOf(node with { Availability = NodeAvailability.Drain }, connected: true, restarts));
    }

    [Fact]
    public async Task A_node_whose_agent_is_being_restarted_says_so_wherever_it_is_shown()
    {
        await using var api = await ApiUnderTest.StartAsync();
        await api.SeedAsync();
        await api.PutAsync(StateKeys.NodeLiveness, "main", Some.Liveness() with { RestartsSince = Some.Noon });

        Assert.Equal("restarting", (string?)(await api.GetAsync("/v1/nodes/main/core-01")).Json["status"]);
        Assert.Equal("restarting", (string?)(await api.GetAsync("/v1/nodes/main/core-01/health")).Json["status"]);
    }

    [Fact]
    public async Task Nothing_is_said_to_be_the_health_of_an_etcd_that_is_not_there()
    {
        await using var api = await ApiUnderTest.StartAsync();
        await api.SeedAsync();

        var health = (await api.GetAsync("/v1/nodes/main/core-01/health")).Json["etcd_health"]!;

        Assert.Null(health["health"]);
        Assert.StartsWith("there is no etcd", (string?)health["error"]);
    }

    [Theory]
    [InlineData("10.81.0.0/16", 1, "10.81.0.1")]
    [InlineData("192.168.0.0/20", 254, "192.168.0.254")]
    [InlineData("nonsense", 1, null)]
    [InlineData("fd00::/64", 1, null)]
    public void Overlay_addresses_are_the_subnet_and_the_number(string subnet, int number, string? address) =>
        Assert.Equal(address, NodeRendering.OverlayAddress(subnet, number));

    [Fact]
    public void Peers_are_reached_privately_within_a_region_and_publicly_beyond()
    {
        var far = Some.Node("core-02", 2) with { Labels = ["region=us"] };
        var near = Some.Node("core-03", 3);
        var unknown = Some.Node("core-04", 4) with { Facts = null };

        Assert.Equal(["203.0.113.2", "10.0.1.3"], NodeRendering.PeerAddresses(Some.Node(), [Some.Node(), far, near, unknown]));
    }
}
