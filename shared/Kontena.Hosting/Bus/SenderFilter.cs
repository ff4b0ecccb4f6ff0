using Kontena.Contracts.Messaging;
using MassTransit;

namespace Kontena.Hosting.Bus;

/// <summary>Drops what a node says in another's name, or what is not a node's to say at all: a command, a probe, a question.</summary>
/// <remarks>Without it, a node could put any message type on the queues that its reports are routed to.</remarks>
internal sealed class SenderFilter<T>(ForeignReports refusals) : IFilter<ConsumeContext<T>>
    where T : class
{
    public Task Send(ConsumeContext<T> context, IPipe<ConsumeContext<T>> next)
    {
        if (context.SentBy() is not { } sender)
            return next.Send(context);
        // An address to answer to would have this process send where the node may not.
        if (sender.MaySay(context.Message) && context is { ResponseAddress: null, FaultAddress: null })
            return next.Send(context);
        refusals.Refuse(sender, typeof(T).Name);
        return context.NotifyConsumed(TimeSpan.Zero, nameof(SenderFilter<>));
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("sender");
}
