using Kontena.Api.Http;
using Kontena.Contracts.Events;
using Kontena.Contracts.Messaging;
using Kontena.Hosting.Bus;

namespace Kontena.Api.Events;

/// <summary>Asks the log-collector for events.</summary>
internal sealed class EventReader(IDataBus bus, ApiOptions options)
{
    /// <exception cref="HttpRefusal">503 when the log-collector does not answer, or can't read its log.</exception>
    public async Task<IReadOnlyList<LoggedEvent>> ReadAsync(QueryEvents query, CancellationToken cancellationToken)
    {
        try
        {
            var page = await bus.AskAsync<QueryEvents, EventPage>(
                Destination.Queue(Queues.LogQueries), query, options.CommandTimeout, cancellationToken);
            return page.Error is null ? page.Events : throw HttpRefusal.Away(page.Error);
        }
        catch (TimeoutException)
        {
            throw HttpRefusal.Away(
                $"The log-collector did not answer within {options.CommandTimeout.TotalSeconds:0} s: it or the message broker is away; try again in a moment");
        }
    }
}
