using Kontena.Contracts.Stats;
using Kontena.LogCollector.Storage;
using MassTransit;

namespace Kontena.LogCollector.Queries;

/// <summary>Answers with the newest measurements of a grid.</summary>
internal sealed class QueryLatestStatsConsumer(ILogStore store) : IConsumer<QueryLatestStats>
{
    public async Task Consume(ConsumeContext<QueryLatestStats> context) =>
        await context.RespondAsync(await store.LatestAsync(context.Message.Grid, context.CancellationToken));
}
