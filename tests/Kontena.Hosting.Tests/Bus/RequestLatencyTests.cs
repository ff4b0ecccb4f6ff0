using System.Diagnostics;
using Kontena.Contracts.Messaging;
using Kontena.Hosting.Bus;
using Kontena.Testing.RabbitMq;
using Xunit;

namespace Kontena.Hosting.Tests.Bus;

/// <summary>A guard against needless delays, not a benchmark: the limit is far above what was measured (see the project's README).</summary>
[Collection(RabbitMqTests.Name)]
public sealed class RequestLatencyTests(RabbitMqBroker broker)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(Timeout = 240_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_request_takes_milliseconds(bool rabbitMq)
    {
        var address = rabbitMq ? await broker.NewVirtualHostAsync(Token) : null;
        await using var host = await BusHost.StartAsync(
            address, builder => builder.AddControlEndpoint(new BusEndpoint("quick") { Consumers = [typeof(PingConsumer)] }), Token);
        await host.UntilReadyAsync(Token);
        var took = new List<double>();
        for (var number = 0; number < 220; number++)
        {
            var started = Stopwatch.GetTimestamp();
            await host.Control.AskAsync<Ping, Pong>(Destination.Queue("quick"), new Ping { Text = "x" }, TimeSpan.FromSeconds(20), Token);
            if (number >= 20)
                took.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }

        took.Sort();
        TestContext.Current.TestOutputHelper!.WriteLine($"median {took[100]:0.00} ms, 99 % {took[198]:0.00} ms");
        Assert.InRange(took[100], 0, 50);
    }
}
