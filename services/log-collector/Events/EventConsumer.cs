using Kontena.Contracts.Events;
using MassTransit;

namespace Kontena.LogCollector.Events;

/// <summary>Puts into the log what everybody else is told too; the broker forgets it only then.</summary>
internal sealed class EventConsumer(EventLog log) : IConsumer<CloudEvent>
{
    public Task Consume(ConsumeContext<CloudEvent> context)
    {
        log.Append(context.Message);
        return Task.CompletedTask;
    }
}
