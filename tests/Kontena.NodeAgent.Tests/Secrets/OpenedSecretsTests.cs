using Kontena.Contracts.Instances;
using Kontena.Contracts.Vault;
using Kontena.NodeAgent.Secrets;
using Kontena.NodeAgent.Tests.Support;
using Xunit;

namespace Kontena.NodeAgent.Tests.Secrets;

public class OpenedSecretsTests
{
    /// <summary>Sealed for paper: the text is the value, the nonce the place it opens at.</summary>
    private static InstanceSecret Secret(string secret, string name, string value, string type = "env") => new(secret, name, type)
    {
        Value = new SealedValue { PublicKey = "", Nonce = SecretPlaces.Delivery("test", Some.Id(1), secret), Text = value },
    };

    private static OpenedSecrets Open(params InstanceSecret[] secrets) =>
        OpenedSecrets.Of(Some.Id(1), Some.Spec() with { Secrets = secrets }, (place, value) => value.Nonce == place ? value.Text : null);

    [Fact]
    public void Several_of_one_name_are_joined_by_newlines_in_the_order_of_the_service() // runtime.md §3.7
    {
        var opened = Open(Secret("C1", "SSL_CERTS", "one"), Secret("P", "PASS", "p=1"), Secret("C2", "SSL_CERTS", "two"), Secret("C2", "SSL_CERTS", "file two", "file"), Secret("C3", "SSL_CERTS", "three"));
        Assert.Equal(["SSL_CERTS=one\ntwo\nthree", "PASS=p=1"], opened.Env);
        Assert.Equal([("SSL_CERTS", "file two")], opened.Files.Select(file => (file.Name, file.Content)));
        Assert.DoesNotContain("one", opened.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("two", opened.Files[0].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_variable_that_no_environment_can_hold_is_refused_without_its_value()
    {
        var joined = Open([.. Enumerable.Range(0, 64).Select(one => Secret($"C{one}", "SSL_CERTS", new string('x', 2047)))]);
        Assert.Equal("environment variable SSL_CERTS is too large at 131082 bytes, at most 131072 are possible. Give it fewer secrets, or use type file", joined.Problem);
        Assert.Empty(joined.Env);
        Assert.Null(Open(Secret("C", "N", new string('x', 131072 - 3))).Problem);
        Assert.NotNull(Open(Secret("C", "N", new string('x', 131072 - 2))).Problem);
        Assert.Null(Open(Secret("C", "N", new string('x', 200_000), "file")).Problem);
        Assert.Equal("environment variable N has a zero byte in it, which no environment can hold. Use type file", Open(Secret("C", "N", "hush\0hush")).Problem);
    }

    [Fact]
    public void What_was_not_sealed_for_this_node_or_not_at_all_is_said_by_name()
    {
        const string Again = "secret P was not sealed for this node's key. Deploy the service again";
        Assert.Equal(Again, Open(Secret("P", "PASS", "x") with { Value = new SealedValue { PublicKey = "", Nonce = "elsewhere", Text = "x" } }).Problem);
        Assert.Equal(Again, Open(new InstanceSecret("P", "PASS", "env")).Problem);
        var spec = Some.Spec() with { Secrets = [new InstanceSecret("P", "PASS", "env")], SecretsProblem = "the vault is closed" };
        Assert.Equal("the vault is closed. Then deploy the service again", OpenedSecrets.Of(Some.Id(1), spec, (_, _) => "").Problem);
    }
}
