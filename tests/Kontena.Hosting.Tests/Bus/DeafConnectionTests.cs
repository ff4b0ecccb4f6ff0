using Kontena.Contracts.Messaging;
using Kontena.Hosting.Bus;
using Kontena.Testing.RabbitMq;
using Xunit;

namespace Kontena.Hosting.Tests.Bus;

/// <summary>A connection that nobody has seen end, and over which nothing goes: a host that stood still while the broker gave it up may be left with one.</summary>
[Collection(RabbitMqTests.Name)]
public sealed class DeafConnectionTests(RabbitMqBroker broker)
{
    private static readonly BusEndpoint Orders = new("orders") { Consumers = [typeof(PingConsumer)] };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 240_000)]
    public async Task A_connection_over_which_nothing_is_confirmed_is_made_anew()
    {
        await using var proxy = new DeafProxy(await broker.NewVirtualHostAsync(Token));
        await using var host = await BusHost.StartAsync(proxy.Address, builder => builder.AddControlEndpoint(Orders), Token);
        await host.UntilReadyAsync(Token);
        // Its queue for answers is opened after it is ready.
        await AnswersAsync(host);
        var before = proxy.Connections;

        proxy.Deafen();
        while (!await IsTakenAsync(host))
            await Task.Delay(TimeSpan.FromMilliseconds(500), TimeProvider.System, Token);

        Assert.True(proxy.Connections > before);
        // Queues as well, not the sending alone.
        await AnswersAsync(host);
    }

    [Fact]
    public void Silence_is_counted_between_messages_that_were_not_confirmed()
    {
        var (side, time) = (new BusSide("control"), TimeProvider.System);
        long Second(int number) => 1 + number * time.TimestampFrequency;

        side.Unheard(Second(20));
        Assert.Equal(TimeSpan.Zero, side.SilentFor(time));
        side.Unheard(Second(29));
        Assert.Equal(TimeSpan.FromSeconds(9), side.SilentFor(time));
        side.Heard();
        Assert.Equal(TimeSpan.Zero, side.SilentFor(time));
        side.Unheard(Second(40));
        side.Found();
        side.Unheard(Second(50));
        Assert.Equal(TimeSpan.Zero, side.SilentFor(time));
    }

    private static async Task AnswersAsync(BusHost host)
    {
        var answer = await host.Control.AskAsync<Ping, Pong>(Destination.Queue("orders"), new Ping { Text = "again" }, TimeSpan.FromSeconds(60), Token);
        Assert.Equal("again", answer.Text);
    }

    private static async Task<bool> IsTakenAsync(BusHost host)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2), TimeProvider.System);
        try
        {
            await host.Control.SendAsync(Destination.Queue("orders"), new Ping { Text = "heard?" }, limit.Token);
            return true;
        }
        catch (Exception exception) when (exception is OperationCanceledException or TimeoutException)
        {
            return false;
        }
    }
}
