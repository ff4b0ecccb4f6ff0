using System.Diagnostics.Metrics;
using Kontena.Hosting.Metrics;
using Xunit;

namespace Kontena.Hosting.Tests.Metrics;

public sealed class MetricCollectorTests : IDisposable
{
    private readonly Meter _meter = new("Kontena.Tests");
    private readonly MetricCollector _collector = new();

    public void Dispose()
    {
        _collector.Dispose();
        _meter.Dispose();
    }

    [Fact]
    public void A_counter_adds_up_per_label_set_whatever_the_order_of_the_labels()
    {
        var counter = _meter.CreateCounter<long>("kontena.test.sent", "{message}", "Messages sent.");
        counter.Add(2, new("to", "a"), new("kind", "x"));
        counter.Add(3, new("kind", "x"), new("to", "a"));
        counter.Add(1, new KeyValuePair<string, object?>("to", "b\"\\\n"));
        var text = _collector.Print();
        Assert.Contains("# HELP kontena_test_sent_total Messages sent.\n# TYPE kontena_test_sent_total counter\n", text, StringComparison.Ordinal);
        Assert.Contains("kontena_test_sent_total{kind=\"x\",to=\"a\"} 5\n", text, StringComparison.Ordinal);
        Assert.Contains("kontena_test_sent_total{to=\"b\\\"\\\\\\n\"} 1\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_histogram_counts_cumulatively()
    {
        var histogram = _meter.CreateHistogram<double>("kontena.test.took", "s");
        foreach (var value in new[] { 0.001, 0.0011, 0.2, 100 })
            histogram.Record(value);
        var text = _collector.Print();
        Assert.Contains("kontena_test_took_seconds_bucket{le=\"0.001\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("kontena_test_took_seconds_bucket{le=\"0.0025\"} 2\n", text, StringComparison.Ordinal);
        Assert.Contains("kontena_test_took_seconds_bucket{le=\"60\"} 3\n", text, StringComparison.Ordinal);
        Assert.Contains("kontena_test_took_seconds_bucket{le=\"+Inf\"} 4\n", text, StringComparison.Ordinal);
        Assert.Contains("kontena_test_took_seconds_count 4\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Gauges_are_asked_when_printed()
    {
        var value = 7;
        _meter.CreateObservableGauge("kontena.test.depth", () => value);
        Assert.Contains("kontena_test_depth 7\n", _collector.Print(), StringComparison.Ordinal);
        value = 9;
        Assert.Contains("kontena_test_depth 9\n", _collector.Print(), StringComparison.Ordinal);
    }

    [Fact]
    public void Too_many_label_sets_are_summed_up()
    {
        var counter = _meter.CreateCounter<int>("kontena.test.many");
        for (var number = 0; number < MetricFamily.MaxSeries + 50; number++)
            counter.Add(1, new KeyValuePair<string, object?>("id", number));
        var lines = _collector.Print().Split('\n').Where(line => line.StartsWith("kontena_test_many_total", StringComparison.Ordinal)).ToList();
        Assert.Equal(MetricFamily.MaxSeries + 1, lines.Count);
        Assert.Contains("kontena_test_many_total{overflow=\"true\"} 50", lines);
    }
}
