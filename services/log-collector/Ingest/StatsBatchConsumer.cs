using Kontena.Contracts.Stats;
using Kontena.LogCollector.Stats;
using Kontena.LogCollector.Storage;
using MassTransit;

namespace Kontena.LogCollector.Ingest;

/// <summary>Remembers a node's measurements as its newest, and stores them.</summary>
internal sealed class StatsBatchConsumer(ILogStore store, LatestMeasurements latest) : IConsumer<StatsBatch>
{
    public Task Consume(ConsumeContext<StatsBatch> context)
    {
        latest.Take(context.Message);
        return store.AppendAsync(context.Message, context.CancellationToken);
    }
}
