using Kontena.Contracts.Messaging;
using Kontena.Hosting.Bus;
using Kontena.Testing.RabbitMq;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Kontena.Hosting.Tests.Bus;

/// <summary>A queue whose channel has ended while its bus goes on to say that all is well.</summary>
[Collection(RabbitMqTests.Name)]
public sealed class UnreadQueueTests(RabbitMqBroker broker)
{
    private static readonly BusEndpoint Orders = new("orders") { Consumers = [typeof(PingConsumer)] };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task The_bus_is_started_again_and_reads_it()
    {
        await using var host = await BusHost.StartAsync(await broker.NewVirtualHostAsync(Token), builder => builder.AddControlEndpoint(Orders), Token);
        await host.UntilReadyAsync(Token);
        var side = host.Services.GetRequiredService<BusSides>().Control;
        Assert.Empty(side.Unread);
        var again = side.NextStart;

        side.Begin("orders", static () => false);

        await again.WaitAsync(Token);
        var answer = await host.Control.AskAsync<Ping, Pong>(Destination.Queue("orders"), new Ping { Text = "again" }, TimeSpan.FromSeconds(60), Token);
        Assert.Equal("again", answer.Text);
        Assert.Empty(side.Unread);
        Assert.Equal(2, side.Starts);
    }
}
