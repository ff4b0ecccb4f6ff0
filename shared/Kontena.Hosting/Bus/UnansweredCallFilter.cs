using MassTransit;
using MassTransit.RabbitMqTransport;

namespace Kontena.Hosting.Bus;

/// <summary>Makes a call to the broker that was not answered in time a failure like any other, after which the queue is opened again; and notes from when to when a queue is read.</summary>
/// <remarks>
/// A call that is given up ends in the same exception as one that was cancelled, which MassTransit takes for the wish to stop: it would never open the queue again, and say so
/// to nobody when it was at a second attempt. A broker that has just come back takes long to answer, as the queues have to find their leaders first.
/// </remarks>
internal sealed class UnansweredCallFilter(BusSide side, string queue) : IFilter<ChannelContext>
{
    public async Task Send(ChannelContext context, IPipe<ChannelContext> next)
    {
        var reading = side.Begin(queue, () => context.Channel.IsOpen);
        try
        {
            await next.Send(context);
        }
        catch (OperationCanceledException error) when (!side.Stops && !context.CancellationToken.IsCancellationRequested)
        {
            throw new RabbitMqConnectionException("the broker did not answer in time", error);
        }
        finally
        {
            reading.End();
        }
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("unansweredCall");
}
