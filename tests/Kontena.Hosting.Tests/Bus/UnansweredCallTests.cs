using Kontena.Contracts.Messaging;
using Kontena.Hosting.Bus;
using Kontena.Testing.RabbitMq;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Kontena.Hosting.Tests.Bus;

/// <summary>A broker that is there and does not answer one call: as when it has just come back, and a queue has not found its leader.</summary>
[Collection(RabbitMqTests.Name)]
public sealed class UnansweredCallTests(RabbitMqBroker broker)
{
    private static readonly BusEndpoint Orders = new("orders") { Consumers = [typeof(PingConsumer)] };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 240_000)]
    public async Task A_queue_whose_declaration_is_not_answered_is_opened_again_and_the_others_stay_open()
    {
        await using var proxy = new ForgetfulProxy(await broker.NewVirtualHostAsync(Token), "orders", times: 2);
        await using var host = await BusHost.StartAsync(proxy.Address, builder => builder.AddControlEndpoint(Orders), Token);

        await host.UntilReadyAsync(Token);

        Assert.Equal(0, proxy.Left);
        var answer = await host.Control.AskAsync<Ping, Pong>(Destination.Queue("orders"), new Ping { Text = "again" }, TimeSpan.FromSeconds(60), Token);
        Assert.Equal("again", answer.Text);
        Assert.Equal(1, host.Services.GetRequiredService<BusSides>().Control.Starts);
    }
}
