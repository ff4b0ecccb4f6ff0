using System.Text.Json;
using Kontena.Hosting.Bus;
using Kontena.Testing.RabbitMq;
using Xunit;

namespace Kontena.Hosting.Tests.Bus;

/// <summary>What the broker itself says about the queues and connections of a process.</summary>
[Collection(RabbitMqTests.Name)]
public sealed class RabbitMqTopologyTests(RabbitMqBroker broker)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(Timeout = 240_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_durable_queue_is_a_bounded_quorum_queue(bool singleActiveConsumer)
    {
        var endpoint = new BusEndpoint("orders") { Consumers = [typeof(PingConsumer)], SingleActiveConsumer = singleActiveConsumer };
        var address = await broker.NewVirtualHostAsync(Token);
        await using var host = await BusHost.StartAsync(address, builder => builder.AddControlEndpoint(endpoint), Token);
        await host.UntilReadyAsync(Token);

        using var queue = JsonDocument.Parse(await broker.InspectAsync($"api/queues{new Uri(address).AbsolutePath}/orders", Token));
        Assert.Equal("quorum", queue.RootElement.GetProperty("type").GetString());
        Assert.True(queue.RootElement.GetProperty("durable").GetBoolean());
        var arguments = queue.RootElement.GetProperty("arguments");
        Assert.Equal(100_000, arguments.GetProperty("x-max-length").GetInt32());
        Assert.Equal(256 * 1024 * 1024, arguments.GetProperty("x-max-length-bytes").GetInt32());
        Assert.Equal(singleActiveConsumer, arguments.TryGetProperty("x-single-active-consumer", out var single) && single.GetBoolean());
    }

    [Fact(Timeout = 240_000)]
    public async Task Control_and_data_have_a_connection_each()
    {
        var address = await broker.NewVirtualHostAsync(Token);
        await using var host = await BusHost.StartAsync(address, _ => { }, Token);
        await host.UntilReadyAsync(Token);

        string[] names;
        // The management API learns of connections a moment later.
        while ((names = await ConnectionsAsync(address)).Length < 2)
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, Token);
        Assert.Equal(["test control", "test data"], names);
    }

    private async Task<string[]> ConnectionsAsync(string address)
    {
        using var connections = JsonDocument.Parse(await broker.InspectAsync($"api/vhosts{new Uri(address).AbsolutePath}/connections", Token));
        return
        [
            .. connections.RootElement.EnumerateArray()
                .Select(one => one.TryGetProperty("client_properties", out var properties) && properties.TryGetProperty("connection_name", out var name)
                    ? name.GetString()!
                    : "")
                .Where(name => name.Length > 0).Order(StringComparer.Ordinal),
        ];
    }
}
