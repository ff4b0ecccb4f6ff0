using System.Globalization;

namespace Kontena.Core.Schedules;

/// <summary>One field of a cron expression: the values at which it matches, a bit each.</summary>
/// <param name="Bits">Bit N: value N.</param>
/// <param name="IsStar">It begins with a star: of the two fields of days, only one that does not restricts by itself (crontab(5)).</param>
internal readonly record struct CronField(ulong Bits, bool IsStar)
{
    public bool Has(int value) => (Bits >> value & 1) != 0;

    /// <param name="text">Elements with commas between: <c>*</c>, <c>N</c>, <c>N-M</c>, and <c>*/S</c>, <c>N-M/S</c>; names where the field has some.</param>
    /// <param name="names">From the field's smallest value on, three letters each; empty for none.</param>
    /// <param name="mistake">What is wrong, and what is allowed; null when it was read.</param>
    public static CronField? Parse(string text, string field, int least, int most, IReadOnlyList<string> names, out string? mistake)
    {
        var bits = 0UL;
        foreach (var element in text.Split(','))
        {
            if (!TryRead(element, least, most, names, ref bits))
            {
                mistake = $"the field {field} is '{text}'" + (element == text ? "" : $", and in it '{element}'") + $": {Allowed(least, most, names)}";
                return null;
            }
        }

        mistake = null;
        return new CronField(bits, text[0] == '*');
    }

    private static bool TryRead(string element, int least, int most, IReadOnlyList<string> names, ref ulong bits)
    {
        var (range, step) = (element, 1);
        var slash = element.IndexOf('/', StringComparison.Ordinal);
        if (slash >= 0)
        {
            range = element[..slash];
            if (Number(element[(slash + 1)..]) is not { } number || number < 1 || number > most)
                return false;
            step = number;
        }

        var dash = range.IndexOf('-', StringComparison.Ordinal);
        var (from, to) = range == "*" ? (least, most)
            : dash < 0 ? (Value(range, least, names), Value(range, least, names))
            : (Value(range[..dash], least, names), Value(range[(dash + 1)..], least, names));
        // "5/15" means different things to different programs: "5-59/15" is meant, and has to be said.
        if (from is not { } first || to is not { } last || first < least || last > most || first > last || (slash >= 0 && range != "*" && dash < 0))
            return false;
        for (var value = first; value <= last; value += step)
            bits |= 1UL << value;
        return true;
    }

    private static int? Value(string text, int least, IReadOnlyList<string> names)
    {
        for (var at = 0; at < names.Count; at++)
        {
            if (string.Equals(names[at], text, StringComparison.OrdinalIgnoreCase))
                return least + at;
        }

        return Number(text);
    }

    private static int? Number(string text) =>
        text.Length is 1 or 2 && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static string Allowed(int least, int most, IReadOnlyList<string> names) =>
        $"expected *, numbers from {least} to {most}" + (names.Count == 0 ? "" : $" or names ({names[0]} … {names[^1]})")
        + ", ranges (a-b), steps (*/n or a-b/n), with commas between";
}
