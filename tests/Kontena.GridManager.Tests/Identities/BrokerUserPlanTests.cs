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
        var plan = BrokerUserPlan.Of([One, Two], [Seen(Two) with { Rights = ".*" }], Names());
        Assert.Equal([One, Two], plan.Give);
        Assert.Empty(BrokerUserPlan.Of([One, Two], [Seen(One), Seen(Two)], Names()).Give);
        Assert.Equal([One], BrokerUserPlan.Of([One], [Seen(One) with { PasswordHash = "older" }], Names()).Give);
    }

    [Fact]
    public void A_user_without_a_node_is_revoked()
    {
        var plan = BrokerUserPlan.Of([One], [Seen(One), Seen(Two)], Names());
        Assert.Equal(["node-bb2"], plan.Revoke);
        Assert.Null(plan.Doubt);
        // Its login went before; what else is called after it goes with its record.
        Assert.Equal(["node-bb2"], BrokerUserPlan.Of([One], [Seen(One)], Names("node-bb2", "node-aa1")).Revoke);
    }

    [Fact]
    public void A_store_that_knows_no_node_revokes_nobody_but_those_that_were_removed_just_now()
    {
        var plan = BrokerUserPlan.Of([], [Seen(One), Seen(Two)], Names("node-aa1"));
        Assert.Equal(["node-aa1"], plan.Revoke);
        Assert.Contains("Is it the right store?", plan.Doubt, StringComparison.Ordinal);
        Assert.Null(BrokerUserPlan.Of([], [Seen(One)], Names("node-aa1")).Doubt);
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

    private static HashSet<string> Names(params string[] names) => [.. names];
}
