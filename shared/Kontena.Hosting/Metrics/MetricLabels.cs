using System.Globalization;
using System.Text;

namespace Kontena.Hosting.Metrics;

/// <summary>Spells the tags of a measurement as Prometheus labels.</summary>
internal static class MetricLabels
{
    private const int MaxValue = 120;

    /// <summary><c>{a="1",b="2"}</c> without the braces, sorted by name so that one set of tags is one series.</summary>
    public static string Of(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty)
            return "";
        var sorted = tags.ToArray();
        Array.Sort(sorted, static (left, right) => string.CompareOrdinal(left.Key, right.Key));
        var text = new StringBuilder(64);
        foreach (var (name, value) in sorted)
        {
            if (text.Length > 0)
                text.Append(',');
            foreach (var character in name)
                text.Append(char.IsAsciiLetterOrDigit(character) ? character : '_');
            text.Append("=\"");
            Escape(text, Convert.ToString(value, CultureInfo.InvariantCulture) ?? "");
            text.Append('"');
        }

        return text.ToString();
    }

    private static void Escape(StringBuilder text, string value)
    {
        foreach (var character in value.Length > MaxValue ? value.AsSpan(0, MaxValue) : value)
        {
            switch (character)
            {
                case '\\': text.Append("\\\\"); break;
                case '"': text.Append("\\\""); break;
                case '\n': text.Append("\\n"); break;
                default: text.Append(character); break;
            }
        }
    }
}
