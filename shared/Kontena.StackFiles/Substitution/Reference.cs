using System.Text;

namespace Kontena.StackFiles.Substitution;

/// <summary><c>$NAME</c> and <c>${NAME}</c> in a text; <c>$$</c> is a dollar sign (stack-file.md §5.1).</summary>
/// <remarks>
/// <c>${NAME:-text}</c> and <c>${NAME-text}</c> give a default when the value is unset (or, with the colon, empty). Braces must be a pair.
/// A <c>$</c> before anything else stays as it is.
/// </remarks>
internal static class Reference
{
    /// <param name="value">The value of a name, or null for "not set".</param>
    /// <param name="missing">Told about a name that is not set and has no default; gives the text to use.</param>
    public static string Replace(string text, Func<string, string?> value, Func<string, string> missing)
    {
        if (!text.Contains('$'))
            return text;
        var result = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length;)
        {
            if (text[at] != '$')
            {
                result.Append(text[at++]);
                continue;
            }

            var run = text.AsSpan(at).IndexOfAnyExcept('$');
            run = run < 0 ? text.Length - at : run;
            if (run > 1)
            {
                // Every pair of a run becomes one sign, and nothing in a run refers to anything.
                result.Append('$', (run / 2) + (run % 2));
                at += run;
                continue;
            }

            at = One(text, at, result, value, missing);
        }

        return result.ToString();
    }

    /// <summary>The names a text refers to.</summary>
    public static IReadOnlyList<string> Names(string text)
    {
        var names = new List<string>();
        Replace(text, name =>
        {
            names.Add(name);
            return "";
        }, _ => "");
        return names;
    }

    private static int One(string text, int at, StringBuilder result, Func<string, string?> value, Func<string, string> missing)
    {
        var braced = at + 1 < text.Length && text[at + 1] == '{';
        var start = at + (braced ? 2 : 1);
        var end = start;
        while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] == '_'))
            end++;
        if (end == start || (braced && end == text.Length))
        {
            result.Append('$');
            return at + 1;
        }

        var name = text[start..end];
        if (!braced)
        {
            result.Append(value(name) ?? missing(name));
            return end;
        }

        if (text[end] == '}')
        {
            result.Append(value(name) ?? missing(name));
            return end + 1;
        }

        var emptyCounts = text[end] == ':' && end + 1 < text.Length && text[end + 1] == '-';
        var close = text.IndexOf('}', end);
        if ((!emptyCounts && text[end] != '-') || close < 0)
        {
            result.Append('$');
            return at + 1;
        }

        var found = value(name);
        result.Append(found is null || (emptyCounts && found.Length == 0) ? text[(end + (emptyCounts ? 2 : 1))..close] : found);
        return close + 1;
    }
}
