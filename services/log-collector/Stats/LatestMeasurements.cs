using System.Collections.Concurrent;
using Kontena.Contracts.Stats;

namespace Kontena.LogCollector.Stats;

/// <summary>The newest measurement of each node, in memory: measurements come again within a minute, so a restart loses nothing that lasts.</summary>
internal sealed class LatestMeasurements(TimeProvider time)
{
    /// <summary>Older ones say nothing about now.</summary>
    public static readonly TimeSpan FreshFor = TimeSpan.FromMinutes(5);

    /// <summary>Nodes remembered; at the limit the stale ones are dropped first.</summary>
    public const int MostNodes = 10_000;

    private readonly ConcurrentDictionary<(string Grid, string Node), StatsBatch> _latest = new();

    /// <summary>Late news is dropped.</summary>
    public void Take(StatsBatch batch)
    {
        if (_latest.Count >= MostNodes)
            DropStale();
        if (_latest.Count >= MostNodes && !_latest.ContainsKey((batch.Grid, batch.Node)))
            return;
        _latest.AddOrUpdate((batch.Grid, batch.Node), batch, (_, known) => batch.At >= known.At ? batch : known);
    }

    public LatestStats Of(string grid)
    {
        var oldest = time.GetUtcNow() - FreshFor;
        return new LatestStats
        {
            Nodes = [.. _latest.Where(pair => pair.Key.Grid == grid && pair.Value.At >= oldest)
                .Select(pair => pair.Value).OrderBy(batch => batch.Node, StringComparer.Ordinal)],
        };
    }

    private void DropStale()
    {
        var oldest = time.GetUtcNow() - FreshFor;
        foreach (var (key, batch) in _latest)
        {
            if (batch.At < oldest)
                _latest.TryRemove(key, out _);
        }
    }
}
