using Kontena.Contracts.Stats;
using Kontena.LogCollector.Storage;
using MassTransit;

namespace Kontena.LogCollector.Ingest;

/// <summary>Stores a node's measurements; the broker forgets them only then.</summary>
internal sealed class StatsBatchConsumer(ILogStore store) : IConsumer<StatsBatch>
{
    public Task Consume(ConsumeContext<StatsBatch> context) => store.AppendAsync(context.Message, context.CancellationToken);
}
