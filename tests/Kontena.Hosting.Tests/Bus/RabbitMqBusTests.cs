using Kontena.Testing.RabbitMq;
using Xunit;

namespace Kontena.Hosting.Tests.Bus;

[Collection(RabbitMqTests.Name)]
public sealed class RabbitMqBusTests(RabbitMqBroker broker) : BusContract
{
    protected override async Task<string?> BrokerAsync() => await broker.NewVirtualHostAsync(Token);
}
