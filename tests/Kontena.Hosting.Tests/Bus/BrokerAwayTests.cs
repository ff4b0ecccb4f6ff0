using System.Diagnostics;
using System.Net;
using Kontena.Contracts.Messaging;
using Kontena.Hosting.Bus;
using Kontena.Testing.RabbitMq;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Kontena.Hosting.Tests.Bus;

/// <summary>The broker is absent when the process starts, and killed while it runs.</summary>
[Collection(RabbitMqTests.Name)]
public sealed class BrokerAwayTests(RabbitMqBroker broker)
{
    private static readonly BusEndpoint Orders = new("orders") { Consumers = [typeof(PingConsumer)] };

    /// <summary>RabbitMQ 3.10 writes the name of a new quorum queue to disk within seconds; killed before, it forgets the queue's log.</summary>
    private static readonly TimeSpan UntilQueueIsRemembered = TimeSpan.FromSeconds(6);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 240_000)]
    public async Task A_process_waits_for_its_broker_says_so_and_goes_on_by_itself()
    {
        var address = await broker.NewVirtualHostAsync(Token);
        await broker.KillAsync();
        await using var host = await BusHost.StartAsync(address, builder => builder.AddControlEndpoint(Orders), Token);

        Assert.Equal("ok\n", await host.Http.GetStringAsync("/livez", Token));
        await SaysNotReadyAsync(host, address);

        await broker.StartAsync(Token);
        await host.UntilReadyAsync(Token);
        await AnswersAsync(host);
    }

    [Fact(Timeout = 240_000)]
    public async Task A_killed_broker_is_noticed_and_nothing_confirmed_is_lost()
    {
        var address = await broker.NewVirtualHostAsync(Token);
        await using var host = await BusHost.StartAsync(address, builder => builder.AddControlEndpoint(Orders), Token);
        await host.UntilReadyAsync(Token);
        await Task.Delay(UntilQueueIsRemembered, TimeProvider.System, Token);
        // The first message is held, so that the others wait in the broker when it dies.
        var held = new TaskCompletionSource();
        host.Inbox.OnPing = _ => held.Task;
        for (var number = 0; number < 100; number++)
            await host.Control.SendAsync(Destination.Queue("orders"), new Ping { Text = $"{number}" }, Token);

        await broker.KillAsync();
        held.SetResult();
        await host.UntilReadyAsync(Token, ready: false);
        await SaysNotReadyAsync(host, address);
        Assert.Equal("ok\n", await host.Http.GetStringAsync("/livez", Token));
        var error = await Assert.ThrowsAsync<TimeoutException>(() => host.Control.AskAsync<Ping, Pong>(
            Destination.Queue("orders"), new Ping { Text = "now?" }, TimeSpan.FromSeconds(1), Token));
        Assert.Contains("RabbitMQ at 127.0.0.1", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("kontena:kontena", error.Message, StringComparison.Ordinal);

        await broker.StartAsync(Token);
        await host.UntilReadyAsync(Token);
        var arrived = new HashSet<string>(StringComparer.Ordinal);
        while (arrived.Count < 100)
            arrived.Add(await host.Inbox.TakeAsync(Token));
        await AnswersAsync(host);
    }

    [Fact(Timeout = 240_000)]
    public async Task A_consumer_that_takes_long_does_not_keep_the_process_from_coming_back()
    {
        var address = await broker.NewVirtualHostAsync(Token);
        var slow = new BusEndpoint("slow") { Consumers = [typeof(PingConsumer)] };
        await using var host = await BusHost.StartAsync(
            address,
            builder =>
            {
                builder.AddControlEndpoint(Orders);
                builder.AddControlEndpoint(slow);
            },
            Token);
        await host.UntilReadyAsync(Token);
        await Task.Delay(UntilQueueIsRemembered, TimeProvider.System, Token);
        var held = new TaskCompletionSource();
        var taken = new TaskCompletionSource();
        host.Inbox.OnPing = ping =>
        {
            taken.TrySetResult();
            return ping.Text == "long" ? held.Task : Task.CompletedTask;
        };
        await host.Control.SendAsync(Destination.Queue("slow"), new Ping { Text = "long" }, Token);
        await taken.Task.WaitAsync(Token);

        await broker.KillAsync();
        await host.UntilReadyAsync(Token, ready: false);
        await broker.StartAsync(Token);
        await host.UntilReadyAsync(Token);
        await AnswersAsync(host);
        held.SetResult();
    }

    [Fact(Timeout = 240_000)]
    public async Task A_bus_that_does_not_come_back_by_itself_is_started_again()
    {
        await using var host = await BusHost.StartAsync(
            await broker.NewVirtualHostAsync(Token),
            builder => builder.AddControlEndpoint(Orders),
            Token);
        await host.UntilReadyAsync(Token);
        await AnswersAsync(host);

        await host.Services.GetRequiredService<IBusControl>().StopAsync(Token);
        await host.UntilReadyAsync(Token, ready: false);
        host.Services.GetRequiredService<BusSides>().Control.GaveUp = true;
        await host.UntilReadyAsync(Token);
        await AnswersAsync(host);
    }

    [Fact(Timeout = 240_000)]
    public async Task A_process_ends_in_time_while_its_broker_is_away()
    {
        var address = await broker.NewVirtualHostAsync(Token);
        var builder = KontenaApplicationBuilder.Create("test", []);
        builder.Configuration["Kontena:Bus:RabbitMq"] = address;
        builder.Services.AddSingleton<Inbox>();
        builder.AddControlEndpoint(Orders);
        IControlBus? control = null;
        builder.MapRoutes(routes => control = routes.ServiceProvider.GetRequiredService<IControlBus>());
        using var stop = new CancellationTokenSource();
        var running = builder.RunAsync(stop.Token);
        await control!.AskAsync<Ping, Pong>(Destination.Queue("orders"), new Ping { Text = "x" }, TimeSpan.FromSeconds(20), Token);

        await broker.KillAsync();
        var stopping = Stopwatch.StartNew();
        await stop.CancelAsync();
        Assert.Equal(0, await running);
        Assert.InRange(stopping.Elapsed, TimeSpan.Zero, KontenaApplicationBuilder.StopLimit + TimeSpan.FromSeconds(2));
    }

    private static async Task SaysNotReadyAsync(BusHost host, string address)
    {
        using var answer = await host.Http.GetAsync("/readyz", Token);
        var text = await answer.Content.ReadAsStringAsync(Token);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        var broker = new Uri(address);
        Assert.Contains($"RabbitMQ at {broker.Host}:{broker.Port}", text, StringComparison.Ordinal);
        Assert.DoesNotContain("kontena:kontena", text, StringComparison.Ordinal);
    }

    private static async Task AnswersAsync(BusHost host)
    {
        var answer = await host.Control.AskAsync<Ping, Pong>(
            Destination.Queue("orders"), new Ping { Text = "again" }, TimeSpan.FromSeconds(20), Token);
        Assert.Equal("again", answer.Text);
    }
}
