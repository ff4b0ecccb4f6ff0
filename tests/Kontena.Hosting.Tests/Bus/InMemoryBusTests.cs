using Kontena.Contracts.Messaging;
using Kontena.Hosting.Bus;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Kontena.Hosting.Tests.Bus;

public sealed class InMemoryBusTests : BusContract
{
    protected override Task<string?> BrokerAsync() => Task.FromResult<string?>(null);

    [Theory(Timeout = 240_000)]
    [InlineData(DestinationKind.Queue)]
    [InlineData(DestinationKind.Fanout)]
    public async Task A_full_queue_makes_the_sender_wait(DestinationKind kind)
    {
        await using var host = await HostAsync(builder => builder.AddDataEndpoint(Pings("full", new BusBinding(Queues.NodeData))));
        var held = new TaskCompletionSource();
        host.Inbox.OnPing = _ => held.Task;
        var destination = kind == DestinationKind.Queue ? Destination.Queue("full") : Destination.NodeData;
        for (var number = 0; number < InMemoryBacklog.Limit; number++)
            await host.Data.SendAsync(destination, Ping("line"), Token);

        var waiting = host.Data.SendAsync(destination, Ping("last"), Token);
        var other = host.Control.SendAsync(Destination.Report("grid", "heartbeat"), Ping("unheard"), Token);
        await other;
        Assert.False(waiting.IsCompleted);

        held.SetResult();
        for (var number = 0; number <= InMemoryBacklog.Limit; number++)
            await host.Inbox.TakeAsync(Token);
        await waiting;
        await host.Data.SendAsync(destination, Ping("after"), Token);
        Assert.Equal("after", await host.Inbox.TakeAsync(Token));
    }

    [Fact(Timeout = 240_000)]
    public async Task A_queue_that_stays_full_is_told_to_the_sender_in_time()
    {
        var clock = new ShiftedClock();
        var backlog = new InMemoryBacklog();
        backlog.Opened(Pings("full"));
        for (var number = 0; number < InMemoryBacklog.Limit; number++)
            await backlog.EnterAsync(Destination.Queue("full"), clock, Token);
        using var deadline = new CancellationTokenSource(TimeSpan.FromMilliseconds(100), clock);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => backlog.EnterAsync(Destination.Queue("full"), clock, deadline.Token));
    }

    [Theory]
    [InlineData("a", "b")]
    [InlineData("b", "a")]
    public async Task A_message_that_found_one_queue_full_counts_in_no_other(string full, string free)
    {
        var clock = new ShiftedClock();
        var backlog = new InMemoryBacklog();
        foreach (var queue in new[] { "a", "b" })
            backlog.Opened(Pings(queue, new BusBinding(Queues.NodeData)));
        for (var number = 0; number < InMemoryBacklog.Limit; number++)
            await backlog.EnterAsync(Destination.Queue(full), clock, Token);
        using var givesUp = new CancellationTokenSource();
        var waiting = backlog.EnterAsync(Destination.NodeData, clock, givesUp.Token);
        await givesUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);

        for (var number = 0; number < InMemoryBacklog.Limit; number++)
            Assert.True(backlog.EnterAsync(Destination.Queue(free), clock, Token).IsCompletedSuccessfully);
    }
}
