using Kontena.Contracts.Instances;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Vault;
using Kontena.Core.Vault;
using Kontena.GridManager.Vault;
using Xunit;

namespace Kontena.GridManager.Tests.Vault;

public sealed class OrderSealingTests
{
    internal static SealOrder Order(params InstanceSecret[] secrets) => new()
    {
        Grid = "prod",
        Node = "core-1",
        NodeId = "ID:1",
        Order = new ApplyInstance
        {
            InstanceId = "5a0000000000000000000001",
            Generation = 2,
            Desired = DesiredState.Running,
            Spec = new InstanceSpec
            {
                Name = "shop.web-1", Grid = "prod", Stack = "shop", Service = "web", ServiceUid = "u", Number = 1, Image = "web:1", ServiceRevision = 1, DeployRev = "r",
                Secrets = secrets,
            },
        },
    };

    private static ApplyInstance Seal(SealOrder order, string? key, params (string Name, string Value)[] values) => OrderSealing.Seal(
        order, Some.Node(1) with { Facts = new NodeFacts { VaultKey = key } }, values.ToDictionary(one => one.Name, one => one.Value), BusSeal.Seal);

    [Fact]
    public void Each_value_opens_for_its_node_and_its_instance_alone()
    {
        using var own = BusSeal.NewKey();
        using var other = BusSeal.NewKey();
        var order = Seal(Order(new InstanceSecret("DB_PASS", "PASS", "env")), BusSeal.PublicKeyOf(own), ("DB_PASS", "s3cr3t"), ("OTHER", "unasked"));
        var value = Assert.Single(order.Spec.Secrets).Value!;
        Assert.Null(order.Spec.SecretsProblem);
        Assert.Equal("s3cr3t", BusSeal.Open(own, SecretPlaces.Delivery("prod", "5a0000000000000000000001", "DB_PASS"), value));
        Assert.Null(BusSeal.Open(own, SecretPlaces.Delivery("prod", "5a0000000000000000000002", "DB_PASS"), value));
        Assert.Null(BusSeal.Open(other, SecretPlaces.Delivery("prod", "5a0000000000000000000001", "DB_PASS"), value));
        Assert.DoesNotContain("s3cr3t", order.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_secret_that_was_removed_while_in_use_is_an_empty_value() // runtime.md §5.3
    {
        using var own = BusSeal.NewKey();
        var order = Seal(Order(new InstanceSecret("GONE", "PASS", "env")), BusSeal.PublicKeyOf(own));
        Assert.Equal("", BusSeal.Open(own, SecretPlaces.Delivery("prod", "5a0000000000000000000001", "GONE"), order.Spec.Secrets[0].Value!));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("not a key")]
    public void A_node_without_a_key_is_told_why_it_gets_none(string? key)
    {
        var order = Seal(Order(new InstanceSecret("DB_PASS", "PASS", "env")), key, ("DB_PASS", "s3cr3t"));
        Assert.Equal("the agent of core-1 has no key that secrets could be sealed for; upgrade it", order.Spec.SecretsProblem);
        Assert.Null(order.Spec.Secrets[0].Value);
    }

    [Fact]
    public void An_order_carries_so_much_and_no_more()
    {
        using var own = BusSeal.NewKey();
        var fits = Enumerable.Range(0, 4).Select(one => new InstanceSecret("BIG", $"N{one}", "file")).ToArray();
        var big = ("BIG", new string('a', SecretRules.LargestValue));
        Assert.Null(Seal(Order(fits), BusSeal.PublicKeyOf(own), big).Spec.SecretsProblem);
        Assert.Equal(
            "the secrets of web have 1310720 bytes together, at most 1048576 are carried to a node",
            Seal(Order([.. fits, new InstanceSecret("BIG", "MORE", "file")]), BusSeal.PublicKeyOf(own), big).Spec.SecretsProblem);
    }
}
