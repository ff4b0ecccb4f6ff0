using Kontena.Contracts.Nodes;
using Kontena.NodeAgent.Networking.Overlay;
using Kontena.NodeAgent.Registration;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;
using static Kontena.NodeAgent.Tests.Networking.Overlay.SomeNetwork;

namespace Kontena.NodeAgent.Tests.Networking.Overlay;

public sealed class NetworkMapBookTests : IDisposable
{
    private readonly NodeAgentOptions _options = new() { DataDirectory = Directory.CreateTempSubdirectory("kontena-map-").FullName };

    public void Dispose() => Directory.Delete(_options.DataDirectory, recursive: true);

    [Fact]
    public async Task A_map_is_never_left_for_an_older_one_and_outlives_the_process()
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var book = await BookAsync();
        await book.TakeAsync(Map("auto", [], Node(1), Node(2)) with { Revision = 7 }, cancellation);
        await book.TakeAsync(Map("direct", [], Node(1)) with { Revision = 6 }, cancellation);
        Assert.Equal((7, 2, 1), (book.Revision, book.Current!.Nodes.Count, book.Self!.Number));

        using var after = await BookAsync();
        Assert.Equal((7, "auto"), (after.Revision, after.Current!.Driver));
    }

    [Fact]
    public async Task The_map_of_a_grid_the_node_is_not_in_counts_for_nothing()
    {
        using var book = await BookAsync("other");
        await book.TakeAsync(Map("auto", [], Node(1)), TestContext.Current.CancellationToken);
        Assert.Null(book.Current);
        Assert.Equal(0, book.Revision);
    }

    private async Task<NetworkMapBook> BookAsync(string grid = "test")
    {
        var membership = new NodeMembership(_options, NullLogger<NodeMembership>.Instance);
        await membership.AcceptAsync(
            new NodeJoined { Grid = grid, Node = "n1", Number = 1, GridSubnet = "10.81.0.0/16", NodeSubnet = "10.81.1.0/24" }, TestContext.Current.CancellationToken);
        return new NetworkMapBook(_options, membership, NullLogger<NetworkMapBook>.Instance);
    }
}
