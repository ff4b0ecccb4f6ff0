using MassTransit;

namespace Kontena.Hosting.Bus;

/// <summary>Puts a message back into its queue when its consumer has asked for that with <see cref="GiveBackExtensions.TryGiveBack"/>.</summary>
internal sealed class GiveBackFilter : IFilter<ReceiveContext>
{
    public async Task Send(ReceiveContext context, IPipe<ReceiveContext> next)
    {
        var asked = new Wish();
        context.AddOrUpdatePayload(() => asked, _ => asked);
        await next.Send(context);
        // Nothing outside of here makes a dead letter of it: the transport answers the broker with "not done, deliver it again".
        if (asked.Made)
            throw new OperationCanceledException("the consumer gives the message back: the broker decides anew who reads it");
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("give-back");

    internal sealed class Wish
    {
        public bool Made { get; set; }
    }
}

/// <summary>For consumers whose message may no longer be their own.</summary>
public static class GiveBackExtensions
{
    /// <summary>The message goes back to the broker, which decides anew who reads it, once the consumer has returned without an answer.</summary>
    /// <remarks>A retry would stay inside the process and never ask the broker. Only for what ends by being delivered again: a quorum queue of
    /// RabbitMQ 4 drops a message after 20 deliveries.</remarks>
    /// <returns>False when the transport can't (in memory, where nobody else could read it): fail instead, so that it is tried again.</returns>
    public static bool TryGiveBack(this ConsumeContext context) =>
        context.ReceiveContext.TryGetPayload<GiveBackFilter.Wish>(out var wish) && (wish.Made = true);
}
