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
    private static readonly BusEndpoint Late = new("late") { Consumers = [typeof(PingConsumer)] };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 240_000)]
    public async Task A_process_waits_for_its_broker_says_so_and_goes_on_by_itself()
    {
        var address = await broker.NewVirtualHostAsync(Token);
        await broker.RememberAsync(Token);
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
        await broker.RememberAsync(Token);
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
        await broker.RememberAsync(Token);
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
        await host.Services.GetRequiredService<IEndpointOpener>().OpenControlAsync(Late, Token);
        await AnswersAsync(host);

        await StopBusAsync(host);
        await host.UntilReadyAsync(Token, ready: false);
        host.Services.GetRequiredService<BusSides>().Control.GiveUp();
        await host.UntilReadyAsync(Token);
        await AnswersAsync(host);
        await AnswersAsync(host, Late);
    }

    [Fact(Timeout = 240_000)]
    public async Task Queues_opened_while_running_hear_again_after_the_broker_died()
    {
        var address = await broker.NewVirtualHostAsync(Token);
        await using var host = await OpeningHostAsync(address);
        var opener = host.Services.GetRequiredService<IEndpointOpener>();
        await opener.OpenControlAsync(Late, Token);
        await opener.OpenDataAsync(Late with { Queue = "late-data" }, Token);
        await broker.RememberAsync(Token);

        await broker.KillAsync();
        await host.UntilReadyAsync(Token, ready: false);
        await broker.StartAsync(Token);
        await host.UntilReadyAsync(Token);
        await AnswersAsync(host, Late);
        var answer = await host.Data.AskAsync<Ping, Pong>(Destination.Queue("late-data"), new Ping { Text = "too" }, TimeSpan.FromSeconds(60), Token);
        Assert.Equal("too", answer.Text);
    }

    [Fact(Timeout = 240_000)]
    public async Task A_queue_that_is_to_be_opened_while_the_broker_is_away_is_open_once_it_is_back()
    {
        var address = await broker.NewVirtualHostAsync(Token);
        await using var host = await OpeningHostAsync(address);
        await broker.RememberAsync(Token);
        await broker.KillAsync();
        await host.UntilReadyAsync(Token, ready: false);

        var opening = host.Services.GetRequiredService<IEndpointOpener>().OpenControlAsync(Late, Token);
        await broker.StartAsync(Token);
        await opening;
        await AnswersAsync(host, Late);
    }

    [Theory(Timeout = 240_000)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_queue_that_is_being_opened_while_its_bus_is_started_again_is_open_in_the_end(bool before)
    {
        await using var host = await OpeningHostAsync(await broker.NewVirtualHostAsync(Token));
        Task Open() => host.Services.GetRequiredService<IEndpointOpener>().OpenControlAsync(Late, Token);

        var opening = before ? Open() : null;
        await StopBusAsync(host);
        opening ??= Open();
        host.Services.GetRequiredService<BusSides>().Control.GiveUp();
        await opening.WaitAsync(TimeSpan.FromMinutes(2), TimeProvider.System, Token);
        await host.UntilReadyAsync(Token);
        await AnswersAsync(host, Late);
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
        // It ends, and the limit is what ends it: thrice as long, for machines that are busy.
        Assert.InRange(stopping.Elapsed, TimeSpan.Zero, KontenaApplicationBuilder.StopLimit * 3);
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

    /// <summary>Not waited for any longer than the product waits: a queue that is just being opened may keep MassTransit from ever saying that it has stopped.</summary>
    private static async Task StopBusAsync(BusHost host)
    {
        var stopping = host.Services.GetRequiredService<IBusControl>().StopAsync(Token);
        if (await Task.WhenAny(stopping, Task.Delay(BusRevival.StepLimit, TimeProvider.System, Token)) == stopping)
            await stopping;
    }

    /// <summary>A ready process that can open queues while it runs.</summary>
    private static async Task<BusHost> OpeningHostAsync(string address)
    {
        var host = await BusHost.StartAsync(
            address,
            builder =>
            {
                builder.AddControlEndpoint(Orders);
                builder.AddDataConsumers(typeof(PingConsumer));
            },
            Token);
        await host.UntilReadyAsync(Token);
        // Its queue for answers is the first that is opened while it runs.
        await AnswersAsync(host);
        return host;
    }

    private static async Task AnswersAsync(BusHost host, BusEndpoint? endpoint = null)
    {
        var answer = await host.Control.AskAsync<Ping, Pong>(
            Destination.Queue((endpoint ?? Orders).Queue), new Ping { Text = "again" }, TimeSpan.FromSeconds(60), Token);
        Assert.Equal("again", answer.Text);
    }
}
