using System.Globalization;

namespace Kontena.Cli.Output;

/// <summary>Bytes in words, and back (cli.md §2.5, §9.2).</summary>
internal static class Sizes
{
    private static readonly string[] DecimalUnits = ["B", "KB", "MB", "GB", "TB", "PB"];

    /// <summary>Decimal units, integer part only: 67108864 is <c>67MB</c>.</summary>
    public static string Decimal(long bytes)
    {
        var unit = 0;
        while (bytes >= 1000 && unit < DecimalUnits.Length - 1)
        {
            bytes /= 1000;
            unit++;
        }

        return $"{bytes}{DecimalUnits[unit]}";
    }

    /// <summary>Decimal units of one letter, up to two decimals: <c>12.35M</c>, <c>99B</c>.</summary>
    public static string Short(long bytes)
    {
        var (value, unit) = ((double)bytes, 0);
        while (Math.Round(value, 2) >= 1000 && unit < DecimalUnits.Length - 1)
        {
            value /= 1000;
            unit++;
        }

        return value.ToString("0.##", CultureInfo.InvariantCulture) + DecimalUnits[unit][0];
    }

    /// <summary>Binary gigabytes with at most two decimals, at least one: <c>0.83</c>, <c>2.0</c>.</summary>
    public static string Gigabytes(double bytes) =>
        (bytes / (1024d * 1024 * 1024)).ToString("0.0#", CultureInfo.InvariantCulture);

    /// <summary>Bytes of <c>512</c>, <c>64m</c>, <c>1G</c>, <c>10b</c> or <c>-1</c> (no limit); null when it is none of these.</summary>
    public static long? Parse(string text)
    {
        if (text == "-1") return -1;
        if (text.Length == 0) return null;
        var factor = char.ToLowerInvariant(text[^1]) switch
        {
            'b' => 1L,
            'k' => 1L << 10,
            'm' => 1L << 20,
            'g' => 1L << 30,
            _ => 0L,
        };
        var digits = factor == 0 ? text : text[..^1];
        if (!long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) return null;
        return number > long.MaxValue / Math.Max(factor, 1) ? null : number * Math.Max(factor, 1);
    }
}
