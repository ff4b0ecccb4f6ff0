using Kontena.Contracts.Messaging;
using Kontena.Hosting.Bus;
using Kontena.Hosting.DeadLetters;
using Kontena.Hosting.Tests.Bus;
using Kontena.Testing.RabbitMq;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Kontena.Hosting.Tests.DeadLetters;

[Collection(RabbitMqTests.Name)]
public sealed class ManagedQueueNamesTests(RabbitMqBroker broker)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(Timeout = 240_000)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public async Task Dead_letters_of_a_node_are_found_through_the_management_api_or_by_name(bool managed, bool named)
    {
        var address = await broker.NewVirtualHostAsync(Token);
        await using var node = await BusHost.StartAsync(
            address, builder => builder.AddControlEndpoint(new BusEndpoint(Queues.Node("abc")) { Consumers = [typeof(PingConsumer)] }), Token);
        await using var api = await BusHost.StartAsync(
            address,
            builder => builder.Configuration["Kontena:Bus:Management"] = managed ? broker.Management.ToString() : null,
            Token);
        await node.UntilReadyAsync(Token);
        await api.UntilReadyAsync(Token);
        await api.Control.SendAsync(Destination.Node("abc"), new Unwanted(), Token);

        var dead = api.Services.GetRequiredService<IDeadLetters>();
        IReadOnlyList<DeadLetterQueue> found;
        while ((found = await dead.ListAsync(1, named ? [Queues.Node("abc")] : [], Token)).Count == 0)
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, Token);
        Assert.Equal(Queues.Node("abc"), Assert.Single(found).Origin);
        Assert.Equal("Unwanted", Assert.Single(found[0].Letters).Type);
    }
}
