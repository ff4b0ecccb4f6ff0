using MassTransit;

namespace Kontena.Hosting.Bus;

/// <summary>Times the handling of each message, retries included.</summary>
internal sealed class MeasureFilter<T>(TimeProvider time) : IFilter<ConsumeContext<T>>
    where T : class
{
    public async Task Send(ConsumeContext<T> context, IPipe<ConsumeContext<T>> next)
    {
        var started = time.GetTimestamp();
        var outcome = "failed";
        try
        {
            await next.Send(context);
            outcome = "done";
        }
        finally
        {
            BusMeter.Handled.Record(
                time.GetElapsedTime(started).TotalSeconds,
                new("message", typeof(T).Name),
                new("outcome", outcome));
        }
    }

    public void Probe(ProbeContext context) => context.CreateFilterScope("measure");
}
