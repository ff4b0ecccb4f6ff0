using System.Text;

namespace Kontena.Hosting.Metrics;

/// <summary>Prometheus spelling of an instrument's name and unit.</summary>
internal static class MetricName
{
    /// <summary><c>http.server.request.duration</c> with unit <c>s</c> becomes <c>http_server_request_duration_seconds</c>; counters end in <c>_total</c>.</summary>
    public static string Of(string name, string? unit, bool counter)
    {
        var text = new StringBuilder(name.Length + 16);
        foreach (var character in name)
            text.Append(char.IsAsciiLetterOrDigit(character) ? character : '_');
        if (text.Length == 0 || char.IsAsciiDigit(text[0]))
            text.Insert(0, '_');
        var suffix = unit switch
        {
            "s" => "_seconds",
            "ms" => "_milliseconds",
            "By" => "_bytes",
            "%" => "_percent",
            // Annotations such as {message} are for people, not part of the name.
            _ => "",
        };
        if (suffix.Length > 0 && !text.ToString().EndsWith(suffix, StringComparison.Ordinal))
            text.Append(suffix);
        if (counter && !text.ToString().EndsWith("_total", StringComparison.Ordinal))
            text.Append("_total");
        return text.ToString();
    }

    /// <summary>Bucket borders of a histogram: fine for times, coarse for sizes and counts.</summary>
    public static double[] Buckets(string? unit) => unit switch
    {
        "s" => [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
        "ms" => [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000, 30000],
        "By" => [256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304],
        _ => [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 5000],
    };
}
