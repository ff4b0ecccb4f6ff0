using Kontena.Contracts.Stats;
using Kontena.LogCollector.Storage;
using MassTransit;

namespace Kontena.LogCollector.Measurements;

/// <summary>Answers a question for the history of measurements; one that makes no sense, or takes too long, is answered with the reason.</summary>
internal sealed class QueryMetricsConsumer(ILogStore store) : IConsumer<QueryMetrics>
{
    public async Task Consume(ConsumeContext<QueryMetrics> context) =>
        await context.RespondAsync(await AnswerAsync(store, context.Message, context.CancellationToken));

    public static async Task<MetricsHistory> AnswerAsync(ILogStore store, QueryMetrics query, CancellationToken cancellationToken)
    {
        if (MetricsBounds.WhyNot(query) is { } refusal)
            return new MetricsHistory { Error = refusal };
        try
        {
            return new MetricsHistory { Minutes = await store.MetricsAsync(query, cancellationToken) };
        }
        catch (LogStoreException exception)
        {
            return new MetricsHistory { Error = exception.Message };
        }
    }
}
