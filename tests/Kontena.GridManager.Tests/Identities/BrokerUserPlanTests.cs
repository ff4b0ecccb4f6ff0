using Kontena.Contracts.Messaging;
using Kontena.GridManager.Identities;
using Xunit;

namespace Kontena.GridManager.Tests.Identities;

public sealed class BrokerUserPlanTests
{
    private static readonly BrokerUser One = new(NodeOutlet.Of("AA:1", "prod", "core-1"), "hash-1");
    private static readonly BrokerUser Two = new(NodeOutlet.Of("BB:2", "prod", "core-2"), "hash-2");

    [Fact]
    public void What_the_broker_lost_or_has_otherwise_is_made_again()
    {
        Assert.Equal([One, Two], Plan([One, Two], [Seen(Two) with { Rights = ".*" }]).Give);
        Assert.Empty(Plan([One, Two], [Seen(One), Seen(Two)]).Give);
        Assert.Equal([One], Plan([One], [Seen(One) with { PasswordHash = "older" }]).Give);
    }

    [Fact]
    public void A_user_goes_when_its_node_was_removed_or_has_to_join_anew()
    {
        Assert.Equal(["node-bb2"], Plan([One], [Seen(One), Seen(Two)], removed: ["node-bb2"]).Revoke);
        Assert.Equal(["node-bb2"], Plan([One], [Seen(One), Seen(Two)], withoutUser: ["node-bb2"]).Revoke);
        // The last one too, and whatever else is called after it when its login went before.
        Assert.Equal(["node-aa1"], Plan([], [Seen(One)], withoutUser: ["node-aa1"]).Revoke);
        Assert.Equal(["node-bb2"], Plan([One], [Seen(One)], removed: ["node-bb2", "node-aa1"]).Revoke);
    }

    [Fact]
    public void A_user_that_the_store_knows_nothing_of_is_told_of_and_left_alone()
    {
        var plan = Plan([One], [Seen(One), Seen(Two)]);
        Assert.Empty(plan.Revoke);
        Assert.Equal(["node-bb2"], plan.Unknown);
    }

    [Fact]
    public void Queues_of_the_house_and_of_other_nodes_count_for_nobody_and_so_many_of_its_own_are_let_be()
    {
        string[] house = ["node-aa1", "node-aa1-exec", "node-aa1-names", "node-aa1_error", "node-aa1-exec_skipped", "grid-manager", "node-data", "node-bb2-join-x"];
        var many = Enumerable.Range(0, NodeQueueBound.Most).Select(number => $"node-aa1-join-{number}").ToList();
        Assert.Empty(NodeQueueBound.Surplus(["node-aa1", "node-bb2"], [.. house, .. many]));
        var surplus = Assert.Single(NodeQueueBound.Surplus(["node-aa1", "node-bb2"], [.. house, .. many, "node-aa1.x"]));
        Assert.Equal("node-aa1", surplus.User);
        Assert.Equal([.. many, "node-aa1.x"], surplus.Queues);
    }

    [Theory]
    [InlineData("node-aa1.out.prod.core-1", "aa1", "prod", "core-1")]
    [InlineData("node-aa1.out.prod.core.example.org", "aa1", "prod", "core.example.org")]
    public void An_outlet_is_read_from_its_exchange(string exchange, string token, string grid, string node)
    {
        Assert.Equal(new NodeOutlet(token, grid, node), NodeOutlet.Read(exchange));
        Assert.Equal(exchange, NodeOutlet.Read(exchange)!.Exchange);
    }

    [Theory]
    [InlineData("reports")]
    [InlineData("node-aa1")]
    [InlineData("node-aa1.out.prod")]
    [InlineData("node-.out.prod.core-1")]
    [InlineData("node-aa-1.out.prod.core-1")]
    [InlineData("xnode-aa1.out.prod.core-1")]
    public void Other_exchanges_are_no_outlets(string exchange) => Assert.Null(NodeOutlet.Read(exchange));

    [Fact]
    public void A_password_keeps_its_hash()
    {
        var hash = BrokerPassword.HashOf("secret", [1, 2, 3, 4], null);
        Assert.Equal(hash, BrokerPassword.HashOf("secret", [5, 6, 7, 8], hash));
        Assert.NotEqual(hash, BrokerPassword.HashOf("other", [1, 2, 3, 4], hash));
    }

    private static SeenUser Seen(BrokerUser user) => new(user.Outlet.User, user.PasswordHash, BrokerUser.RightsOf(user.Outlet.User));

    private static BrokerUserPlan Plan(IReadOnlyList<BrokerUser> wanted, IReadOnlyList<SeenUser> seen, string[]? withoutUser = null, string[]? removed = null) =>
        BrokerUserPlan.Of(wanted, (withoutUser ?? []).ToHashSet(), (removed ?? []).ToHashSet(), seen);
}
