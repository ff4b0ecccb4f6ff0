using System.Runtime.CompilerServices;
using System.Threading.Channels;
using MassTransit;
using MassTransit.RabbitMqTransport;
using RabbitMQ.Client;

namespace Kontena.Hosting.Bus;

/// <summary>Lets go of a message whose connection is lost, while its consumer finishes on its own.</summary>
/// <remarks>
/// MassTransit opens no new connection before every consumer of the lost one has ended, so one slow consumer would keep the whole process off the
/// bus. The broker gives the message out again; until the first consumer has ended it counts against the queue's concurrency, so a queue that works
/// on one message at a time still does.
/// </remarks>
internal sealed class LostConnectionFilter(int concurrency, TimeProvider time) : IFilter<ReceiveContext>
{
    /// <summary>
    /// Consumers that end within this time after the loss end as if nothing had happened: the client closes a connection badly while many messages
    /// are let go at that very moment.
    /// </summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private static readonly ConditionalWeakTable<IChannel, CancellationTokenSource> Losses = [];

    private readonly Channel<bool> _slots = Channel.CreateBounded<bool>(concurrency);

    public async Task Send(ReceiveContext context, IPipe<ReceiveContext> next)
    {
        var lost = context.TryGetPayload<ChannelContext>(out var channel) ? LossOf(channel.Channel, time) : CancellationToken.None;
        await _slots.Writer.WriteAsync(true, lost);
        await WorkAsync(context, next).WaitAsync(lost);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("lost-connection");

    private async Task WorkAsync(ReceiveContext context, IPipe<ReceiveContext> next)
    {
        try
        {
            await next.Send(context);
        }
        finally
        {
            _slots.Reader.TryRead(out _);
        }
    }

    private static CancellationToken LossOf(IChannel channel, TimeProvider time) => Losses.GetValue(channel, channel =>
    {
        var loss = new CancellationTokenSource();
        channel.ChannelShutdownAsync += (_, _) =>
        {
            _ = AfterGraceAsync(loss, time);
            return Task.CompletedTask;
        };
        if (channel.CloseReason is not null)
            _ = AfterGraceAsync(loss, time);
        return loss;
    }).Token;

    private static async Task AfterGraceAsync(CancellationTokenSource loss, TimeProvider time)
    {
        await Task.Delay(Grace, time, CancellationToken.None);
        await loss.CancelAsync();
    }
}
