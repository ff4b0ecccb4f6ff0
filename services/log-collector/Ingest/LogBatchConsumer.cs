using Kontena.Contracts.Logs;
using Kontena.LogCollector.Storage;
using MassTransit;

namespace Kontena.LogCollector.Ingest;

/// <summary>Stores a batch; the broker forgets it only then.</summary>
internal sealed class LogBatchConsumer(ILogStore store) : IConsumer<LogBatch>
{
    public Task Consume(ConsumeContext<LogBatch> context) => store.AppendAsync(context.Message, context.CancellationToken);
}
