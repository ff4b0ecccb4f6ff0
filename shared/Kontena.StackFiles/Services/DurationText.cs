using System.Text.RegularExpressions;

namespace Kontena.StackFiles.Services;

/// <summary>Durations of the file (stack-file.md §8.5, §8.9).</summary>
internal static partial class DurationText
{
    /// <summary>Seconds of <c>N</c>, <c>Nmin</c>, <c>Nh</c>, <c>Nd</c>; null for anything else.</summary>
    public static int? Interval(string text)
    {
        var match = IntervalForm().Match(text);
        if (!match.Success)
            return null;
        var factor = match.Groups["unit"].Value switch { "min" => 60, "h" => 3600, "d" => 86400, _ => 1 };
        var seconds = long.Parse(match.Groups["number"].Value) * factor;
        return seconds <= int.MaxValue ? (int)seconds : null;
    }

    public static bool IsGracePeriod(string text) => GraceForm().IsMatch(text);

    [GeneratedRegex(@"\A(?<number>[0-9]{1,9})(?<unit>min|h|d)?\z")]
    private static partial Regex IntervalForm();

    [GeneratedRegex(@"\A(?:[0-9]{1,9}(?:\.[0-9]{1,9})?[hms])+\z")]
    private static partial Regex GraceForm();
}
