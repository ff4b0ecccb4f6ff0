using System.Threading.Channels;
using MassTransit;

namespace Kontena.Hosting.Tests.Bus;

/// <summary>What arrived, in order. One per host.</summary>
public sealed class Inbox
{
    private readonly Channel<Ping> _pings = Channel.CreateBounded<Ping>(10_000);
    private int _tries;

    /// <summary>Runs before a message counts as arrived; may throw or wait.</summary>
    public Func<Ping, Task> OnPing { get; set; } = _ => Task.CompletedTask;

    /// <summary>Messages that arrived and were not taken.</summary>
    public int Count => _pings.Reader.Count;

    /// <summary>How often a consumer was called.</summary>
    public int Tries => _tries;

    public async Task PutAsync(Ping ping)
    {
        Interlocked.Increment(ref _tries);
        await OnPing(ping);
        await _pings.Writer.WriteAsync(ping);
    }

    public async Task<string> TakeAsync(CancellationToken cancellationToken) => (await _pings.Reader.ReadAsync(cancellationToken)).Text;
}

public sealed class PingConsumer(Inbox inbox) : IConsumer<Ping>
{
    public async Task Consume(ConsumeContext<Ping> context)
    {
        await inbox.PutAsync(context.Message);
        if (context.RequestId is not null)
            await context.RespondAsync(new Pong { Text = context.Message.Text, Colour = context.Message.Colour });
    }
}
