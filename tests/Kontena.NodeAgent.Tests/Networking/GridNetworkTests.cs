using Kontena.Contracts.Nodes;
using Kontena.Docker;
using Kontena.NodeAgent.Networking;
using Kontena.NodeAgent.Networking.Overlay;
using Kontena.NodeAgent.Registration;
using Kontena.Testing;
using Kontena.Testing.Docker;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Kontena.NodeAgent.Tests.Networking;

public sealed class GridNetworkTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("kontena-net-").FullName;
    private readonly FakeContainerEngine _engine = new();
    private readonly TestClock _clock = new();

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private async Task<GridNetwork> NetworkAsync(string subnet = "10.81.3.0/24")
    {
        var options = new NodeAgentOptions { DataDirectory = _directory };
        var membership = new NodeMembership(options, NullLogger<NodeMembership>.Instance);
        await membership.AcceptAsync(
            new NodeJoined { Grid = "test", Node = "n", Number = 3, GridSubnet = "10.81.0.0/16", NodeSubnet = subnet }, TestContext.Current.CancellationToken);
        return new GridNetwork(_engine, membership, new NetworkMapBook(options, membership, NullLogger<NetworkMapBook>.Instance), _clock, NullLogger<GridNetwork>.Instance);
    }

    [Fact]
    public async Task The_network_has_the_nodes_block_and_its_first_address_as_gateway()
    {
        using var network = await NetworkAsync();

        await network.EnsureAsync("test", TestContext.Current.CancellationToken);

        var made = Assert.Single(_engine.Networks, one => one.Name == "kontena-test");
        Assert.Equal(("10.81.3.0/24", "10.81.3.1"), (made.Subnet, made.Gateway));
    }

    [Fact]
    public async Task Many_at_once_make_it_once()
    {
        using var network = await NetworkAsync();

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => network.EnsureAsync("test", TestContext.Current.CancellationToken)));

        Assert.Equal(1, _engine.Calls.Count("CreateNetwork"));
        Assert.Equal(2, _engine.Calls.Count("InspectNetwork"));
    }

    [Fact]
    public async Task A_block_that_overlaps_is_given_up_for_the_engines_choice()
    {
        _engine.Calls.Fail("CreateNetwork", 1, new EngineException(403, "Pool overlaps with other one on this address space"));
        using var network = await NetworkAsync();

        await network.EnsureAsync("test", TestContext.Current.CancellationToken);

        Assert.Contains(_engine.Networks, one => one.Name == "kontena-test" && one.Subnet != "10.81.3.0/24");
    }

    [Theory]
    [InlineData("10.81.3.0/24", "10.81.3.1")]
    [InlineData("172.16.128.0/17", "172.16.128.1")]
    public void The_gateway_is_the_first_address(string subnet, string gateway) => Assert.Equal(gateway, GridNetwork.FirstAddress(subnet));

    [Fact]
    public async Task A_full_block_is_told_until_a_container_gets_an_address_or_nobody_wants_one()
    {
        using var network = await NetworkAsync();
        await network.EnsureAsync("test", TestContext.Current.CancellationToken);
        Assert.Empty(network.Troubles);

        network.NoteFull();
        Assert.StartsWith("no address is left in this node's block 10.81.3.0/24:", Assert.Single(network.Troubles), StringComparison.Ordinal);
        network.NoteRoom();
        Assert.Empty(network.Troubles);

        network.NoteFull();
        _clock.Advance(TimeSpan.FromSeconds(59));
        Assert.Single(network.Troubles);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty(network.Troubles);
    }
}
