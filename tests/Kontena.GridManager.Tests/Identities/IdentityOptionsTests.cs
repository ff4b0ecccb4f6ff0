using Kontena.GridManager.Identities;
using Kontena.Hosting;
using Microsoft.Extensions.Configuration;
using Xunit;

namespace Kontena.GridManager.Tests.Identities;

public sealed class IdentityOptionsTests
{
    [Fact]
    public void Agents_are_not_told_a_broker_without_TLS_on_another_machine_unless_that_is_allowed()
    {
        Assert.Equal("Kontena:Nodes:Broker", Assert.Throws<SettingException>(() => Told("amqp://10.0.0.5:5672/", null)).Key);
        Assert.Equal("10.0.0.5", Told("amqp://10.0.0.5:5672/", "true")?.Host);
        Assert.Equal("amqps", Told("amqps://10.0.0.5:5671/", null)?.Scheme);
        Assert.Equal("127.0.0.1", Told(null, null)?.Host);
    }

    private static Uri? Told(string? broker, string? allowed) => IdentityOptions.From(new ConfigurationBuilder().AddInMemoryCollection(
    [
        new("Kontena:Bus:RabbitMq", "amqp://user:password@127.0.0.1:5672/"), new("Kontena:Nodes:Broker", broker), new("Kontena:Tls:AllowPlain", allowed),
    ]).Build()).Broker;
}
