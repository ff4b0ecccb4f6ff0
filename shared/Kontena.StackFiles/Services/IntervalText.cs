using System.Text.RegularExpressions;

namespace Kontena.StackFiles.Services;

/// <summary>The interval of automatic deploys (stack-file.md §8.5).</summary>
internal static partial class IntervalText
{
    /// <summary>Seconds of <c>N</c>, <c>Nmin</c>, <c>Nh</c>, <c>Nd</c>; null for anything else.</summary>
    public static int? Seconds(string text)
    {
        var match = Form().Match(text);
        if (!match.Success)
            return null;
        var factor = match.Groups["unit"].Value switch { "min" => 60, "h" => 3600, "d" => 86400, _ => 1 };
        var seconds = long.Parse(match.Groups["number"].Value) * factor;
        return seconds <= int.MaxValue ? (int)seconds : null;
    }

    [GeneratedRegex(@"\A(?<number>[0-9]{1,9})(?<unit>min|h|d)?\z")]
    private static partial Regex Form();
}
