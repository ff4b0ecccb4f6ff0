using Kontena.Contracts.Stats;
using Kontena.LogCollector.Stats;
using MassTransit;

namespace Kontena.LogCollector.Queries;

/// <summary>Answers with the newest measurements of a grid.</summary>
internal sealed class QueryLatestStatsConsumer(LatestMeasurements latest) : IConsumer<QueryLatestStats>
{
    public Task Consume(ConsumeContext<QueryLatestStats> context) => context.RespondAsync(latest.Of(context.Message.Grid));
}
