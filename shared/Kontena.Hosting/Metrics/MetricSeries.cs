namespace Kontena.Hosting.Metrics;

/// <summary>One instrument with one set of labels. Counters add, gauges keep the last value, histograms count per bucket.</summary>
internal sealed class MetricSeries(double[] buckets)
{
    private readonly Lock _guard = new();
    private readonly long[] _counts = new long[buckets.Length];
    private double _sum;
    private long _count;

    public void Add(double value)
    {
        lock (_guard)
            _sum += value;
    }

    public void Set(double value)
    {
        lock (_guard)
            _sum = value;
    }

    public void Record(double value)
    {
        var bucket = 0;
        while (bucket < buckets.Length && value > buckets[bucket])
            bucket++;
        lock (_guard)
        {
            _sum += value;
            _count++;
            if (bucket < buckets.Length)
                _counts[bucket]++;
        }
    }

    /// <param name="counts">Per bucket, not yet cumulated; what exceeds the last border is only in the count.</param>
    public (double Sum, long Count) Read(Span<long> counts)
    {
        lock (_guard)
        {
            _counts.CopyTo(counts);
            return (_sum, _count);
        }
    }
}
