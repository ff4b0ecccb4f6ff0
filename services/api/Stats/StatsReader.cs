using System.Collections.Concurrent;
using Kontena.Contracts.Messaging;
using Kontena.Contracts.Stats;
using Kontena.Hosting.Bus;

namespace Kontena.Api.Stats;

/// <summary>The newest measurements of a grid, asked from the log-collector. Never an obstacle: without an answer there are no measurements.</summary>
internal sealed class StatsReader(IDataBus bus, TimeProvider time)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan AwayFor = TimeSpan.FromSeconds(10);
    private const int MostGrids = 1000;

    private readonly ConcurrentDictionary<string, Kept> _kept = new(StringComparer.Ordinal);

    public async Task<LatestStats> LatestAsync(string grid, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (_kept.TryGetValue(grid, out var kept) && now < kept.Until)
            return kept.Stats;

        if (_kept.Count >= MostGrids)
            _kept.Clear();
        try
        {
            var stats = await bus.AskAsync<QueryLatestStats, LatestStats>(
                Destination.Queue(Queues.LogQueries), new QueryLatestStats { Grid = grid }, Patience, cancellationToken);
            _kept[grid] = new Kept(stats, now + FreshFor);
            return stats;
        }
        catch (Exception exception) when (exception is TimeoutException or BusFaultException)
        {
            // Remembered for a while, so that a log-collector that is away slows one request and not all.
            var none = kept?.Stats ?? new LatestStats();
            _kept[grid] = new Kept(none, now + AwayFor);
            return none;
        }
    }

    private sealed record Kept(LatestStats Stats, DateTimeOffset Until);
}
