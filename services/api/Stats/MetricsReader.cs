using Kontena.Api.Http;
using Kontena.Contracts.Messaging;
using Kontena.Contracts.Stats;
using Kontena.Hosting.Bus;

namespace Kontena.Api.Stats;

/// <summary>Asks the log-collector for the history of measurements.</summary>
internal sealed class MetricsReader(IDataBus bus, ApiOptions options)
{
    /// <exception cref="HttpRefusal">503 when the log-collector does not answer, 422 when it can't add so much up.</exception>
    public async Task<IReadOnlyList<MetricsMinute>> ReadAsync(QueryMetrics query, CancellationToken cancellationToken)
    {
        MetricsHistory history;
        try
        {
            history = await bus.AskAsync<QueryMetrics, MetricsHistory>(Destination.Queue(Queues.LogQueries), query, options.CommandTimeout, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw HttpRefusal.Away(
                $"The log-collector did not answer within {options.CommandTimeout.TotalSeconds:0} s: it or the message broker is away, or it is of a version that keeps no history; try again in a moment");
        }

        return history.Error is null ? history.Minutes : throw HttpRefusal.Invalid("from", history.Error);
    }
}
