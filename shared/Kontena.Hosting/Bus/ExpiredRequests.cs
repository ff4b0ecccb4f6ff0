using MassTransit;

namespace Kontena.Hosting.Bus;

/// <summary>Drops requests whose asker has given up: a queue that was stuffed must not carry out old commands one by one.</summary>
/// <remarks>RabbitMQ expires messages only at the head of a queue and never those already prefetched; memory expires nothing.</remarks>
internal sealed class ExpiredRequests<T>(TimeProvider time) : IFilter<ConsumeContext<T>>
    where T : class
{
    /// <summary>How far the clocks of two machines may be apart before a request in time looks late.</summary>
    private static readonly TimeSpan Leeway = TimeSpan.FromSeconds(2);

    public Task Send(ConsumeContext<T> context, IPipe<ConsumeContext<T>> next)
    {
        if (context.ExpirationTime is not { } deadline || time.GetUtcNow().UtcDateTime <= deadline.ToUniversalTime() + Leeway)
            return next.Send(context);
        BusMeter.Expired.Add(1, new KeyValuePair<string, object?>("message", typeof(T).Name));
        // Worked off, as far as the queue is concerned: it is not a message that nobody takes.
        return context.NotifyConsumed(TimeSpan.Zero, nameof(ExpiredRequests<>));
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("expired-requests");
}
