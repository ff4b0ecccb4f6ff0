using Kontena.Core.Networking;
using Xunit;

namespace Kontena.Core.Tests.Networking;

public sealed class Ipv4CidrTests
{
    [Theory]
    [InlineData("10.81.0.0/16", "10.81.0.0/16")]
    [InlineData("10.81.3.4/16", "10.81.0.0/16")]
    [InlineData("192.168.1.1", "192.168.1.1/32")]
    [InlineData("0.0.0.0/0", "0.0.0.0/0")]
    public void Reads_networks_and_addresses(string text, string expected)
    {
        Assert.True(Ipv4Cidr.TryParse(text, out var cidr));
        Assert.Equal(expected, cidr.ToString());
    }

    [Theory]
    [InlineData("10.81.0.0/33")]
    [InlineData("10.81.0.0/")]
    [InlineData("10.81.0.0/-1")]
    [InlineData("10.81.0.0/+8")]
    [InlineData("10.81")]
    [InlineData("10.81.0.256/8")]
    [InlineData("fd00::/8")]
    [InlineData("")]
    [InlineData(null)]
    public void Refuses_everything_else(string? text) => Assert.False(Ipv4Cidr.TryParse(text, out _));

    [Theory]
    [InlineData("10.80.0.0/12", "10.81.0.0/16", true)]
    [InlineData("10.81.0.0/16", "10.80.0.0/12", false)]
    [InlineData("10.81.0.0/16", "10.82.0.0/16", false)]
    [InlineData("0.0.0.0/0", "10.82.0.0/16", true)]
    public void Contains_smaller_networks_within(string outer, string inner, bool expected) =>
        Assert.Equal(expected, Ipv4Cidr.Parse(outer).Contains(Ipv4Cidr.Parse(inner)));

    [Fact]
    public void Node_n_gets_block_n_and_block_0_is_nobodys()
    {
        var subnet = Ipv4Cidr.Parse("10.81.0.0/16");
        Assert.Null(GridSubnets.BlockOf(subnet, 0));
        Assert.Equal("10.81.1.0/24", GridSubnets.BlockOf(subnet, 1)!.Value.ToString());
        Assert.Equal("10.81.254.0/24", GridSubnets.BlockOf(subnet, 254)!.Value.ToString());
        Assert.Null(GridSubnets.BlockOf(subnet, 255));
    }

    [Theory]
    [InlineData("10.81.0.0/16", 254)]
    [InlineData("10.81.0.0/20", 15)]
    [InlineData("10.81.0.0/23", 1)]
    [InlineData("10.81.0.0/24", 0)]
    [InlineData("10.0.0.0/8", 254)]
    [InlineData("10.81.0.0/16", 62, 26)]    // Their own addresses are in block 0.
    [InlineData("10.81.0.0/16", 15, 20)]
    public void A_subnet_has_room_for_so_many_nodes(string subnet, int nodes, int blockPrefix = GridSubnets.BlockPrefix) =>
        Assert.Equal(nodes, GridSubnets.Capacity(Ipv4Cidr.Parse(subnet), blockPrefix));
}
