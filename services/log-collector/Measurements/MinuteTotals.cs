using Kontena.Contracts.Stats;

namespace Kontena.LogCollector.Measurements;

/// <summary>
/// Adds measurements up to a row a minute (rest-api.md §18.2): what was measured of one thing several times within a minute is averaged, things are summed. Nodes are added one by
/// one, so what it holds grows with the minutes and not with the nodes.
/// </summary>
/// <param name="withDisk">Disks are of nodes; a service has none.</param>
internal sealed class MinuteTotals(bool withDisk)
{
    private readonly SortedDictionary<long, Total> _minutes = [];

    /// <summary>Everything of one node, once.</summary>
    public void AddNode(IEnumerable<Measurement> measurements)
    {
        foreach (var minute in measurements.GroupBy(one => one.At.UtcTicks / TimeSpan.TicksPerMinute))
        {
            if (!_minutes.TryGetValue(minute.Key, out var total))
                _minutes[minute.Key] = total = new Total();
            total.Cores += minute.Max(one => one.Cores);
            foreach (var same in minute.GroupBy(one => one.Of, StringComparer.Ordinal))
                total.Figures += same.Aggregate(default(Figures), (sum, one) => sum + one.Figures) / same.Count();
            foreach (var one in minute)
            {
                Name(total.Internal, one.Internal);
                Name(total.External, one.External);
            }
        }
    }

    public IReadOnlyList<MetricsMinute> Rows() => [.. _minutes.Select(pair => Row(pair.Key, pair.Value))];

    private static void Name(SortedSet<string> names, IReadOnlyList<string> more)
    {
        foreach (var name in more)
        {
            if (names.Count < MetricsBounds.MostInterfaces && name is { Length: <= MetricsBounds.LongestInterface })
                names.Add(name);
        }
    }

    private MetricsMinute Row(long minute, Total total) => new()
    {
        At = new DateTimeOffset(minute * TimeSpan.TicksPerMinute, TimeSpan.Zero),
        CpuUsed = Number(total.Figures.Cpu),
        Cores = total.Cores,
        MemoryUsed = Bytes(total.Figures.MemoryUsed),
        MemoryTotal = Bytes(total.Figures.MemoryTotal),
        MemoryFree = Bytes(total.Figures.MemoryFree),
        MemoryActive = Bytes(total.Figures.MemoryActive),
        MemoryInactive = Bytes(total.Figures.MemoryInactive),
        MemoryCached = Bytes(total.Figures.MemoryCached),
        MemoryBuffers = Bytes(total.Figures.MemoryBuffers),
        DiskUsed = withDisk ? Bytes(total.Figures.DiskUsed) : null,
        DiskTotal = withDisk ? Bytes(total.Figures.DiskTotal) : null,
        Internal = Reading(total.Internal, total.Figures.Internal),
        External = Reading(total.External, total.Figures.External),
    };

    private static NetworkReading Reading(SortedSet<string> names, Traffic traffic) => new()
    {
        Interfaces = [.. names],
        RxBytes = Bytes(traffic.Rx),
        RxBytesPerSecond = Number(traffic.RxPerSecond),
        TxBytes = Bytes(traffic.Tx),
        TxBytesPerSecond = Number(traffic.TxPerSecond),
    };

    /// <summary>Limits that mean "none" may add up to more than a number holds; then it is the greatest there is.</summary>
    private static long Bytes(double bytes) => bytes >= long.MaxValue ? long.MaxValue : (long)Math.Round(bytes);

    /// <summary>What a node says may be anything; what is no number can't be told.</summary>
    private static double Number(double value) => double.IsNaN(value) ? 0 : Math.Round(Math.Clamp(value, -double.MaxValue, double.MaxValue), 2);

    private sealed class Total
    {
        public Figures Figures { get; set; }
        public int Cores { get; set; }
        public SortedSet<string> Internal { get; } = new(StringComparer.Ordinal);
        public SortedSet<string> External { get; } = new(StringComparer.Ordinal);
    }
}
