using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;

namespace Kontena.Hosting.Metrics;

/// <summary>Listens to the meters of the process and prints them as Prometheus text (format 0.0.4).</summary>
internal sealed class MetricCollector : IDisposable
{
    /// <summary>Instruments listened to; later ones are left out.</summary>
    private const int MaxFamilies = 500;

    private static readonly string[] Meters =
        ["Kontena.", "System.Runtime", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Server.Kestrel"];

    private readonly ConcurrentDictionary<string, MetricFamily> _families = new(StringComparer.Ordinal);
    private readonly MeterListener _listener = new();

    public MetricCollector()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (!Meters.Any(name => instrument.Meter.Name.StartsWith(name, StringComparison.Ordinal)) || _families.Count >= MaxFamilies)
                return;
            var family = new MetricFamily(instrument);
            listener.EnableMeasurementEvents(instrument, _families.GetOrAdd(family.Name, family));
        };
        Listen<byte>(value => value);
        Listen<short>(value => value);
        Listen<int>(value => value);
        Listen<long>(value => value);
        Listen<float>(value => value);
        Listen<double>(value => value);
        Listen<decimal>(value => (double)value);
        _listener.Start();
    }

    public string Print()
    {
        _listener.RecordObservableInstruments();
        var text = new StringBuilder(16 * 1024);
        foreach (var (_, family) in _families.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            family.Write(text);
        return text.ToString();
    }

    public void Dispose() => _listener.Dispose();

    private void Listen<T>(Func<T, double> number)
        where T : struct =>
        _listener.SetMeasurementEventCallback<T>((_, value, tags, state) => (state as MetricFamily)?.Measure(number(value), tags));
}
