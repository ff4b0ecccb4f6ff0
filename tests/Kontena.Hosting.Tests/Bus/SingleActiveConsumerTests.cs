using Kontena.Contracts.Messaging;
using Kontena.Hosting.Bus;
using Kontena.Testing.RabbitMq;
using Xunit;

namespace Kontena.Hosting.Tests.Bus;

[Collection(RabbitMqTests.Name)]
public sealed class SingleActiveConsumerTests(RabbitMqBroker broker)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 240_000)]
    public async Task One_process_reads_a_shard_and_another_takes_over_when_it_goes()
    {
        var address = await broker.NewVirtualHostAsync(Token);
        var shard = new BusEndpoint(Queues.SchedulerShard(3)) { Consumers = [typeof(PingConsumer)], SingleActiveConsumer = true };
        var active = await ReadyAsync(address, shard);
        await using var waiting = await ReadyAsync(address, shard);
        await using (active)
        {
            for (var number = 0; number < 20; number++)
                await waiting.Control.SendAsync(Destination.Queue(shard.Queue), new Ping { Text = $"{number}" }, Token);
            for (var number = 0; number < 20; number++)
                Assert.Equal($"{number}", await active.Inbox.TakeAsync(Token));
            Assert.Equal(0, waiting.Inbox.Tries);
        }

        await waiting.Control.SendAsync(Destination.Queue(shard.Queue), new Ping { Text = "after" }, Token);
        Assert.Equal("after", await waiting.Inbox.TakeAsync(Token));
    }

    private static async Task<BusHost> ReadyAsync(string address, BusEndpoint shard)
    {
        var host = await BusHost.StartAsync(address, builder => builder.AddControlEndpoint(shard with { Concurrency = 1 }), Token);
        await host.UntilReadyAsync(Token);
        return host;
    }
}
