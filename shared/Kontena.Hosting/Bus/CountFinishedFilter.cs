using MassTransit;

namespace Kontena.Hosting.Bus;

/// <summary>Tells the backlog that a message of an in-memory queue is done with, however it ended.</summary>
internal sealed class CountFinishedFilter(InMemoryBacklog backlog, string queue) : IFilter<ReceiveContext>
{
    public async Task Send(ReceiveContext context, IPipe<ReceiveContext> next)
    {
        try
        {
            await next.Send(context);
        }
        finally
        {
            backlog.Finished(queue);
        }
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("count-finished");
}
