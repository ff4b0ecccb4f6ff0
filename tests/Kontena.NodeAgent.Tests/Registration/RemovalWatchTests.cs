using Kontena.Contracts.Nodes;
using Kontena.Hosting.Bus;
using Kontena.NodeAgent.Registration;
using Kontena.NodeAgent.Tests.Joining;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Kontena.NodeAgent.Tests.Registration;

public sealed class RemovalWatchTests : IDisposable
{
    private static readonly NodeJoined Joined = new() { Grid = "prod", Node = "core-1", Number = 1, GridSubnet = "10.81.0.0/16", NodeSubnet = "10.81.1.0/24" };
    private readonly string _directory = Directory.CreateTempSubdirectory("kontena-removal-").FullName;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData(200, """{"removed":false}""")]
    [InlineData(200, "{}")]
    [InlineData(200, "nonsense")]
    [InlineData(404, """{"error":"Not found"}""")]
    [InlineData(500, """{"removed":true}""")]
    public async Task Nothing_but_a_removal_that_is_written_down_ends_a_membership(int status, string text)
    {
        await using var master = await MasterInstead.StartAsync();
        (master.Status, master.Text) = (status, text);
        var membership = await AskAsync(master.Address);
        Assert.False(membership.IsRemoved);
        Assert.Equal(Joined, membership.Current);
    }

    [Fact]
    public async Task A_master_that_is_away_ends_no_membership() => Assert.False((await AskAsync(new Uri("http://127.0.0.1:1/"))).IsRemoved);

    [Fact]
    public async Task A_removed_node_leaves_its_grid_and_a_restarted_agent_knows_it_until_it_joins_again()
    {
        await using var master = await MasterInstead.StartAsync();
        master.Text = """{"removed":true,"node":"core-1","removed_at":"2026-03-01T12:00:00Z"}""";
        var membership = await AskAsync(master.Address);
        Assert.StartsWith("/v1/enrol/removed {\"grid\":\"prod\",\"node_id\":\"AAAA:1\",\"key\":\"", Assert.Single(master.Bodies), StringComparison.Ordinal);
        Assert.Equal((true, null), (membership.IsRemoved, membership.Current));
        Assert.Contains("node core-1 was removed from grid prod", membership.Refusal, StringComparison.Ordinal);

        var restarted = Membership();
        Assert.Equal((true, null), (restarted.IsRemoved, restarted.Current));
        await restarted.AcceptAsync(Joined, Cancelled);
        Assert.Equal((false, Joined, null), (restarted.IsRemoved, restarted.Current, restarted.Refusal));
        Assert.False(Membership().IsRemoved);
    }

    private async Task<NodeMembership> AskAsync(Uri master)
    {
        var membership = Membership();
        await membership.AcceptAsync(Joined, Cancelled);
        var identity = new BrokerIdentity("AAAA:1", "prod", "core-1", master.AbsoluteUri, "amqps://broker:5671/", "node-aaaa1", "password", "node-aaaa1.out.prod.core-1");
        await identity.WriteAsync(_directory, null, null, Cancelled);
        await new RemovalWatch(new BrokerLogin(), membership, Options, TimeProvider.System, NullLogger<RemovalWatch>.Instance).AskAsync(Cancelled);
        return membership;
    }

    private NodeAgentOptions Options => new() { DataDirectory = _directory, Outlet = "node-aaaa1.out.prod.core-1" };

    private NodeMembership Membership() => new(Options, NullLogger<NodeMembership>.Instance);
}
