using MassTransit;

namespace Kontena.Hosting.Bus;

/// <summary>Drops requests whose asker has given up: a queue that was stuffed must not carry out old commands one by one.</summary>
/// <remarks>RabbitMQ expires messages only at the head of a queue and never those already prefetched; memory expires nothing.</remarks>
internal sealed class ExpiredRequests(TimeProvider time) : IFilter<ConsumeContext>
{
    /// <summary>How far the clocks of two machines may be apart before a request in time looks late.</summary>
    internal static readonly TimeSpan Leeway = TimeSpan.FromSeconds(2);

    public Task Send(ConsumeContext context, IPipe<ConsumeContext> next)
    {
        if (context.ExpirationTime is { } deadline && time.GetUtcNow().UtcDateTime > deadline.ToUniversalTime() + Leeway)
        {
            BusMeter.Expired.Add(1);
            return Task.CompletedTask;
        }

        return next.Send(context);
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("expired-requests");
}
