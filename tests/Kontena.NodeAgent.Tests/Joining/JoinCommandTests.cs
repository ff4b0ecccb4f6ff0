using System.Text.Json.Nodes;
using Kontena.Contracts.Nodes;
using Kontena.NodeAgent.Joining;
using Kontena.NodeAgent.Registration;
using Kontena.Testing.Docker;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Kontena.NodeAgent.Tests.Joining;

public sealed class JoinCommandTests : IDisposable
{
    private const string Given = """{"grid":"prod","node":"core-1","broker":"amqps://broker:5671/","user":"node-aaaa1","outlet":"node-aaaa1.out.prod.core-1","broker_ca":null}""";
    private readonly string _directory = Directory.CreateTempSubdirectory("kontena-join-").FullName;
    private readonly FakeContainerEngine _engine = new();

    public JoinCommandTests() => _engine.Info = _engine.Info with { Id = "AAAA:1" };

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task A_token_is_exchanged_once_and_not_kept_and_the_login_lasts()
    {
        await using var master = await MasterInstead.StartAsync();
        master.Text = Given;
        var first = await JoinAsync(master, "the-token-of-core-1");
        Assert.Equal(("prod", "core-1", "node-aaaa1"), (first.Grid, first.Node, first.User));
        Assert.Equal(first, BrokerIdentity.Read(_directory));
        Assert.All(Directory.GetFiles(_directory), file => Assert.DoesNotContain("the-token", File.ReadAllText(file), StringComparison.Ordinal));

        // Without a token it is known by its key, and what it has stays good whether or not the answer comes through.
        var again = await JoinAsync(master, null);
        var bodies = master.Bodies.Select(body => JsonNode.Parse(body[(body.IndexOf(' ') + 1)..])!).ToList();
        Assert.Equal((string)bodies[0]["key"]!, (string)bodies[1]["key"]!);
        Assert.Equal(first.Password, again.Password);
        Assert.Equal(first.Password, (string)bodies[1]["broker_password"]!);
        // With another token it may be another node: what a thief has is no good any more.
        Assert.NotEqual(first.Password, (await JoinAsync(master, "another-token")).Password);
    }

    [Fact]
    public async Task A_machine_whose_node_was_removed_asks_to_be_one_again_once_it_has_a_login()
    {
        await using var master = await MasterInstead.StartAsync();
        master.Text = Given;
        using var membership = Membership();
        await membership.AcceptAsync(
            new NodeJoined { Grid = "prod", Node = "core-1", Number = 1, GridSubnet = "10.81.0.0/16", NodeSubnet = "10.81.1.0/24" }, TestContext.Current.CancellationToken);
        membership.Leave("node core-1 was removed");
        Assert.True(Membership().IsRemoved);
        await JoinAsync(master, "another-token");
        Assert.False(Membership().IsRemoved);
    }

    private NodeMembership Membership() => new(new NodeAgentOptions { DataDirectory = _directory }, NullLogger<NodeMembership>.Instance);

    [Fact]
    public async Task Of_many_machines_that_join_at_once_each_waits_for_its_turn()
    {
        await using var master = await MasterInstead.StartAsync();
        (master.Text, master.Busy) = (Given, 2);
        Assert.Equal("core-1", (await JoinAsync(master, "the-token-of-core-1")).Node);
        Assert.Equal(3, master.Bodies.Count);
        Assert.Single(master.Bodies.Distinct());
    }

    [Theory]
    [InlineData(422, """{"error":{"token":"the token opens no grid and no node"}}""", "the token opens no grid")]
    [InlineData(500, "<html>", "status 500")]
    [InlineData(200, "<html>", "can't be read")]
    public async Task A_refusal_is_handed_on_and_leaves_the_login_there_was(int status, string text, string expected)
    {
        await using var master = await MasterInstead.StartAsync();
        master.Text = Given;
        var before = await JoinAsync(master, "the-token-of-core-1");
        (master.Status, master.Text) = (status, text);
        var refused = await Assert.ThrowsAsync<JoinException>(() => JoinAsync(master, "another-token"));
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, BrokerIdentity.Read(_directory));
    }

    private Task<BrokerIdentity> JoinAsync(MasterInstead master, string? token) => JoinCommand.JoinAsync(
        new JoinArguments(master.Address, token, null, "core-1", []), new NodeAgentOptions { DataDirectory = _directory }, _engine, TimeProvider.System, TestContext.Current.CancellationToken);
}
