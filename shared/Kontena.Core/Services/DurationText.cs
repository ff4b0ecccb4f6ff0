using System.Globalization;

namespace Kontena.Core.Services;

/// <summary>Spans as people write them: <c>1m23s</c>, <c>1h1m12.3s</c> (stack-file.md §8.9).</summary>
public static class DurationText
{
    /// <summary>A day: nothing that waits for a container should wait longer.</summary>
    public const int MaxSeconds = 24 * 60 * 60;

    /// <summary>Whole seconds, the fraction cut off; false unless the whole text is a row of numbers with units <c>h</c>, <c>m</c>, <c>s</c> of at most <see cref="MaxSeconds"/> together.</summary>
    public static bool TryParse(string text, out int seconds)
    {
        seconds = 0;
        var total = 0d;
        var at = 0;
        if (text.Length is 0 or > 64)
            return false;
        while (at < text.Length)
        {
            var start = at;
            while (at < text.Length && (char.IsAsciiDigit(text[at]) || text[at] == '.'))
                at++;
            if (at == text.Length || !char.IsAsciiDigit(text[start]) || text[at - 1] == '.'
                || !double.TryParse(text.AsSpan(start, at - start), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
                return false;
            var unit = text[at++] switch { 'h' => 3600, 'm' => 60, 's' => 1, _ => 0 };
            if (unit == 0)
                return false;
            total += number * unit;
        }

        // Decimals such as 12.3 are not exact in binary; without this, 1.9999999 would lose a second.
        total = Math.Round(total, 6);
        if (total > MaxSeconds)
            return false;
        seconds = (int)total;
        return true;
    }
}
