using System.Threading.Channels;
using MassTransit;

namespace Kontena.Hosting.Tests.Bus;

public sealed record Ping(string Text, PingColour Colour = PingColour.Blue);

public enum PingColour
{
    Blue,
    Green,
}

public sealed record Pong(string Text, PingColour Colour);

/// <summary>What arrived, in order. One per host.</summary>
public sealed class Inbox
{
    private readonly Channel<Ping> _pings = Channel.CreateBounded<Ping>(10_000);

    public Func<Ping, Task> OnPing { get; set; } = _ => Task.CompletedTask;

    public int Count => _pings.Reader.Count;

    public Task PutAsync(Ping ping) => _pings.Writer.WriteAsync(ping).AsTask();

    public Task<Ping> TakeAsync(CancellationToken cancellationToken) => _pings.Reader.ReadAsync(cancellationToken).AsTask();
}

public sealed class PingConsumer(Inbox inbox) : IConsumer<Ping>
{
    public async Task Consume(ConsumeContext<Ping> context)
    {
        await inbox.OnPing(context.Message);
        await inbox.PutAsync(context.Message);
        if (context.RequestId is not null)
            await context.RespondAsync(new Pong(context.Message.Text, context.Message.Colour));
    }
}
