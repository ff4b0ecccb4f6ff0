using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Kontena.Hosting.Metrics;

/// <summary>All series of one instrument.</summary>
internal sealed class MetricFamily
{
    /// <summary>Label sets kept per instrument; what exceeds them is summed under <c>overflow="true"</c>.</summary>
    internal const int MaxSeries = 200;

    private readonly ConcurrentDictionary<string, MetricSeries> _series = new(StringComparer.Ordinal);
    private readonly MetricKind _kind;
    private readonly double[] _buckets;
    private readonly string _help;

    public MetricFamily(Instrument instrument)
    {
        var type = instrument.GetType().GetGenericTypeDefinition();
        _kind = type == typeof(Histogram<>) ? MetricKind.Histogram
            : type == typeof(Counter<>) ? MetricKind.Counter
            : type == typeof(ObservableCounter<>) ? MetricKind.ObservedCounter
            : type == typeof(UpDownCounter<>) ? MetricKind.UpDown
            : MetricKind.Gauge;
        Name = MetricName.Of(instrument.Name, instrument.Unit, _kind is MetricKind.Counter or MetricKind.ObservedCounter);
        _buckets = _kind == MetricKind.Histogram ? MetricName.Buckets(instrument.Unit) : [];
        _help = (instrument.Description ?? instrument.Name).ReplaceLineEndings(" ");
    }

    private enum MetricKind
    {
        Counter,
        ObservedCounter,
        UpDown,
        Gauge,
        Histogram,
    }

    public string Name { get; }

    public void Measure(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var series = Series(MetricLabels.Of(tags));
        switch (_kind)
        {
            case MetricKind.Histogram: series.Record(value); break;
            case MetricKind.Counter or MetricKind.UpDown: series.Add(value); break;
            default: series.Set(value); break;
        }
    }

    public void Write(StringBuilder text)
    {
        if (_series.IsEmpty)
            return;
        var type = _kind switch
        {
            MetricKind.Counter or MetricKind.ObservedCounter => "counter",
            MetricKind.Histogram => "histogram",
            _ => "gauge",
        };
        text.Append("# HELP ").Append(Name).Append(' ').Append(_help.Replace("\\", "\\\\", StringComparison.Ordinal)).Append('\n');
        text.Append("# TYPE ").Append(Name).Append(' ').Append(type).Append('\n');
        foreach (var (labels, series) in _series.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            if (_kind == MetricKind.Histogram)
                WriteHistogram(text, labels, series);
            else
                Line(text, "", labels, series.Read([]).Sum);
        }
    }

    private void WriteHistogram(StringBuilder text, string labels, MetricSeries series)
    {
        var counts = new long[_buckets.Length];
        var (sum, count) = series.Read(counts);
        var separator = labels.Length > 0 ? "," : "";
        var below = 0L;
        for (var bucket = 0; bucket < counts.Length; bucket++)
        {
            below += counts[bucket];
            Line(text, "_bucket", $"{labels}{separator}le=\"{_buckets[bucket].ToString(CultureInfo.InvariantCulture)}\"", below);
        }

        Line(text, "_bucket", $"{labels}{separator}le=\"+Inf\"", count);
        Line(text, "_sum", labels, sum);
        Line(text, "_count", labels, count);
    }

    private void Line(StringBuilder text, string suffix, string labels, double value)
    {
        text.Append(Name).Append(suffix);
        if (labels.Length > 0)
            text.Append('{').Append(labels).Append('}');
        text.Append(' ').Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
    }

    private MetricSeries Series(string labels)
    {
        if (_series.TryGetValue(labels, out var known))
            return known;
        return _series.GetOrAdd(_series.Count < MaxSeries ? labels : "overflow=\"true\"", _ => new MetricSeries(_buckets));
    }
}
