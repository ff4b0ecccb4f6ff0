using Kontena.Contracts.Messaging;
using Kontena.Hosting.Bus;
using Kontena.Hosting.DeadLetters;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Kontena.Hosting.Tests.Bus;

/// <summary>What every transport must do; run in memory and on RabbitMQ.</summary>
public abstract partial class BusContract
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(20);

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>The broker's address with nothing in it, or null for memory.</summary>
    protected abstract Task<string?> BrokerAsync();

    private protected async Task<BusHost> HostAsync(Action<KontenaApplicationBuilder> configure)
    {
        var host = await BusHost.StartAsync(await BrokerAsync(), configure, Token);
        await host.UntilReadyAsync(Token);
        return host;
    }

    private protected static BusEndpoint Pings(string queue, params IReadOnlyList<BusBinding> bindings) =>
        new(queue) { Consumers = [typeof(PingConsumer)], Bindings = bindings };

    private protected static Ping Ping(string text) => new() { Text = text };

    [Fact(Timeout = 240_000)]
    public async Task A_message_is_consumed_once()
    {
        await using var host = await HostAsync(builder => builder.AddControlEndpoint(Pings("once")));
        await host.Control.SendAsync(Destination.Queue("once"), Ping("first"), Token);
        await host.Control.SendAsync(Destination.Queue("once"), Ping("second"), Token);
        string[] arrived = [await host.Inbox.TakeAsync(Token), await host.Inbox.TakeAsync(Token)];
        Assert.Equal(["first", "second"], arrived.Order(StringComparer.Ordinal));
        Assert.Equal(2, host.Inbox.Tries);
    }

    [Fact(Timeout = 240_000)]
    public async Task Messages_sent_and_handled_are_counted()
    {
        await using var host = await HostAsync(builder => builder.AddControlEndpoint(Pings("counted")));
        await host.Control.SendAsync(Destination.Queue("counted"), Ping("x"), Token);
        Assert.Contains(
            "kontena_bus_sent_total{message=\"Ping\"}", await host.Http.GetStringAsync("/metrics", Token), StringComparison.Ordinal);
        // The consumer is measured after it has put the message into the inbox.
        const string Handled = "kontena_bus_handled_seconds_count{message=\"Ping\",outcome=\"done\"}";
        while (!(await host.Http.GetStringAsync("/metrics", Token)).Contains(Handled, StringComparison.Ordinal))
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Token);
    }

    [Fact(Timeout = 240_000)]
    public async Task One_at_a_time_keeps_the_order()
    {
        await using var host = await HostAsync(builder => builder.AddControlEndpoint(Pings("ordered") with { Concurrency = 1 }));
        for (var number = 0; number < 50; number++)
            await host.Control.SendAsync(Destination.Queue("ordered"), Ping($"{number}"), Token);
        for (var number = 0; number < 50; number++)
            Assert.Equal($"{number}", await host.Inbox.TakeAsync(Token));
    }

    [Fact(Timeout = 240_000)]
    public async Task A_topic_brings_only_the_keys_that_were_bound()
    {
        await using var host = await HostAsync(builder => builder.AddControlEndpoint(
            Pings("topic", new BusBinding(Queues.Reports, "7.#"), new BusBinding(Queues.Reports, "*.join"))));
        foreach (var key in new[] { "8.heartbeat", "17.heartbeat", "7.heartbeat", "70.observed", "3.join", "3.join.more" })
            await host.Control.SendAsync(new Destination(Queues.Reports, DestinationKind.Topic, key), Ping(key), Token);
        await host.Control.SendAsync(Destination.Queue("topic"), Ping("last"), Token);
        var arrived = new List<string>();
        for (var count = 0; count < 3; count++)
            arrived.Add(await host.Inbox.TakeAsync(Token));
        Assert.Equal(["3.join", "7.heartbeat", "last"], arrived.Order(StringComparer.Ordinal));
        Assert.Equal(3, host.Inbox.Tries);
    }

    [Fact(Timeout = 240_000)]
    public async Task A_fanout_brings_everything_to_everybody()
    {
        await using var host = await HostAsync(builder =>
        {
            builder.AddDataEndpoint(Pings("fan-a", new BusBinding(Queues.NodeData)));
            builder.AddDataEndpoint(Pings("fan-b", new BusBinding(Queues.NodeData)));
        });
        await host.Data.SendAsync(Destination.NodeData, Ping("lines"), Token);
        Assert.Equal("lines", await host.Inbox.TakeAsync(Token));
        Assert.Equal("lines", await host.Inbox.TakeAsync(Token));
    }

    [Fact(Timeout = 240_000)]
    public async Task An_exchange_that_nobody_bound_is_nobodys_mistake()
    {
        await using var host = await HostAsync(builder => builder.AddControlEndpoint(Pings("alone")));
        await host.Control.SendAsync(Destination.Report("grid", "heartbeat"), Ping("unheard"), Token);
    }

    [Fact(Timeout = 240_000)]
    public async Task An_order_to_a_queue_nobody_opened_is_dropped_without_an_error()
    {
        await using var host = await HostAsync(builder => builder.AddControlEndpoint(Pings("present")));
        await host.Control.SendAsync(Destination.Node("absent"), Ping("lost"), Token);
        await host.Control.SendAsync(Destination.Queue("present"), Ping("kept"), Token);
        Assert.Equal("kept", await host.Inbox.TakeAsync(Token));
        Assert.Contains("kontena_bus_undeliverable_total{message=\"Ping\"}", await host.Http.GetStringAsync("/metrics", Token), StringComparison.Ordinal);
    }

    [Fact(Timeout = 240_000)]
    public async Task A_request_is_answered_on_both_connections()
    {
        await using var host = await HostAsync(builder =>
        {
            builder.AddControlEndpoint(Pings("ask-control"));
            builder.AddDataEndpoint(Pings("ask-data"));
        });
        var question = new Ping { Text = "well?", Colour = PingColour.Green };
        var control = await host.Control.AskAsync<Ping, Pong>(Destination.Queue("ask-control"), question, Long, Token);
        var data = await host.Data.AskAsync<Ping, Pong>(Destination.Queue("ask-data"), question, Long, Token);
        Assert.Equal(new Pong { Text = "well?", Colour = PingColour.Green }, control);
        Assert.Equal(control, data);
    }

    [Fact(Timeout = 240_000)]
    public async Task A_request_without_an_answer_ends_in_time_and_names_the_queue()
    {
        await using var host = await HostAsync(builder => builder.AddControlEndpoint(Pings("slow")));
        var answer = new TaskCompletionSource();
        host.Inbox.OnPing = _ => answer.Task;
        var error = await Assert.ThrowsAsync<TimeoutException>(() => host.Control.AskAsync<Ping, Pong>(
            Destination.Queue("slow"), Ping("hello"), TimeSpan.FromMilliseconds(300), Token));
        Assert.Contains("'slow' did not answer Ping within 0.3 s", error.Message, StringComparison.Ordinal);
        answer.SetResult();
    }

    [Fact(Timeout = 240_000)]
    public async Task A_request_to_a_queue_nobody_opened_ends_in_time_and_says_so()
    {
        await using var host = await HostAsync(builder => builder.AddControlEndpoint(Pings("present")));
        await host.Control.AskAsync<Ping, Pong>(Destination.Queue("present"), Ping("warm"), Long, Token);
        var error = await Assert.ThrowsAsync<TimeoutException>(() => host.Control.AskAsync<Ping, Pong>(
            Destination.GridManager, Ping("hello"), TimeSpan.FromSeconds(2), Token));
        Assert.Contains("nobody has opened that queue yet", error.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 240_000)]
    public async Task A_request_waits_for_a_reader_that_is_just_starting()
    {
        await using var host = await HostAsync(builder => builder.AddControlConsumers(typeof(PingConsumer)));
        var asked = host.Control.AskAsync<Ping, Pong>(Destination.Queue("late"), Ping("early"), Long, Token);
        await host.Services.GetRequiredService<IEndpointOpener>().OpenControlAsync(Pings("late"), Token);
        Assert.Equal("early", (await asked).Text);
    }

    [Fact(Timeout = 240_000)]
    public async Task A_cancelled_request_is_cancelled_and_not_timed_out()
    {
        await using var host = await HostAsync(builder => builder.AddControlEndpoint(Pings("cancel")));
        var held = new TaskCompletionSource();
        var arrived = new TaskCompletionSource();
        host.Inbox.OnPing = _ =>
        {
            arrived.TrySetResult();
            return held.Task;
        };
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        var asked = host.Control.AskAsync<Ping, Pong>(Destination.Queue("cancel"), Ping("x"), Long, cancel.Token);
        await arrived.Task.WaitAsync(Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
        held.SetResult();
    }

    [Fact(Timeout = 240_000)]
    public async Task A_consumer_that_fails_is_tried_again_and_then_told_to_the_asker()
    {
        await using var host = await HostAsync(builder => builder.AddControlEndpoint(Pings("fails")));
        host.Inbox.OnPing = _ => throw new InvalidOperationException("the shelf is empty");
        var error = await Assert.ThrowsAsync<BusFaultException>(() => host.Control.AskAsync<Ping, Pong>(
            Destination.Queue("fails"), Ping("x"), Long, Token));
        Assert.Equal("'fails' could not answer Ping: the shelf is empty", error.Message);
        Assert.True(error.IsCausedBy<InvalidOperationException>());
        Assert.False(error.IsCausedBy<TimeoutException>());
        Assert.Equal(4, host.Inbox.Tries);
    }

    [Fact(Timeout = 240_000)]
    public async Task A_queue_opened_while_running_takes_topics_too()
    {
        await using var host = await HostAsync(builder => builder.AddDataConsumers(typeof(PingConsumer)));
        var opener = host.Services.GetRequiredService<IEndpointOpener>();
        var endpoint = Pings("opened", new BusBinding(Queues.NodeData)) with { Temporary = true };
        await opener.OpenDataAsync(endpoint, Token);
        await opener.OpenDataAsync(endpoint, Token);
        await host.Data.SendAsync(Destination.NodeData, Ping("heard"), Token);
        Assert.Equal("heard", await host.Inbox.TakeAsync(Token));
        Assert.Equal(1, host.Inbox.Tries);
    }

    [Fact(Timeout = 240_000)]
    public async Task A_temporary_queue_takes_what_is_sent_to_it()
    {
        var queue = Queues.ApiExec("of-the-test");
        await using var host = await HostAsync(builder => builder.AddDataEndpoint(Pings(queue) with { Temporary = true }));
        await host.Data.SendAsync(Destination.Queue(queue), Ping("output"), Token);
        Assert.Equal("output", await host.Inbox.TakeAsync(Token));
    }

    [Fact(Timeout = 240_000)]
    public async Task A_stuffed_data_queue_does_not_delay_control()
    {
        await using var host = await HostAsync(builder =>
        {
            builder.AddDataEndpoint(Pings("stuffed") with { Prefetch = 4, Concurrency = 4 });
            builder.AddControlEndpoint(Pings("orders"));
        });
        var held = new TaskCompletionSource();
        host.Inbox.OnPing = ping => ping.Text == "line" ? held.Task : Task.CompletedTask;
        for (var line = 0; line < 200; line++)
            await host.Data.SendAsync(Destination.Queue("stuffed"), Ping("line"), Token);
        var answer = await host.Control.AskAsync<Ping, Pong>(Destination.Queue("orders"), Ping("order"), TimeSpan.FromSeconds(5), Token);
        Assert.Equal("order", answer.Text);
        held.SetResult();
    }

    [Fact(Timeout = 240_000)]
    public async Task A_late_request_is_not_carried_out()
    {
        var clock = new ShiftedClock();
        await using var host = await HostAsync(builder =>
        {
            builder.Services.AddSingleton<TimeProvider>(clock);
            builder.AddControlEndpoint(Pings("expiring") with { Prefetch = 2, Concurrency = 1 });
        });
        var held = new TaskCompletionSource();
        host.Inbox.OnPing = ping => ping.Text == "blocker" ? held.Task : Task.CompletedTask;
        await host.Control.SendAsync(Destination.Queue("expiring"), Ping("blocker"), Token);
        await Assert.ThrowsAsync<TimeoutException>(() => host.Control.AskAsync<Ping, Pong>(
            Destination.Queue("expiring"), Ping("too late"), TimeSpan.FromMilliseconds(200), Token));
        clock.Ahead = TimeSpan.FromSeconds(10);
        held.SetResult();
        await host.Control.SendAsync(Destination.Queue("expiring"), Ping("after"), Token);
        Assert.Equal("blocker", await host.Inbox.TakeAsync(Token));
        Assert.Equal("after", await host.Inbox.TakeAsync(Token));
        Assert.Empty(await host.Services.GetRequiredService<IDeadLetters>().ListAsync(0, [], Token));
    }
}
