namespace Kontena.Hosting.Tests.Bus;

public sealed class InMemoryBusTests : BusContract
{
    protected override Task<string?> BrokerAsync() => Task.FromResult<string?>(null);
}
