using System.Globalization;

namespace Kontena.Cli.Features;

/// <summary>Durations as people write them.</summary>
internal static class Durations
{
    private const int MaxSeconds = 365 * 24 * 3600;

    /// <summary>Seconds of <c>15m</c>, <c>1h30m</c>, <c>5min</c>, <c>7d</c>, <c>10s</c>; null when it is none, or over a year.</summary>
    public static int? Seconds(string text)
    {
        double total = 0;
        var position = 0;
        while (position < text.Length)
        {
            var start = position;
            while (position < text.Length && (char.IsAsciiDigit(text[position]) || text[position] == '.')) position++;
            if (!double.TryParse(text[start..position], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)) return null;
            start = position;
            while (position < text.Length && char.IsAsciiLetterLower(text[position])) position++;
            double factor = text[start..position] switch
            {
                "s" or "sec" => 1,
                "m" or "min" => 60,
                "h" => 3600,
                "d" => 24 * 3600,
                _ => 0,
            };
            if (factor == 0) return null;
            total += number * factor;
        }

        return text.Length > 0 && total <= MaxSeconds ? (int)total : null;
    }
}
