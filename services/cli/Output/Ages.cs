namespace Kontena.Cli.Output;

/// <summary>How long ago something was, in words (cli.md §2.5).</summary>
internal static class Ages
{
    /// <summary><c>3 hours ago</c>: the largest unit only; the unit grows when strictly more than 60 s, 60 min, 24 h.</summary>
    public static string Ago(DateTimeOffset then, DateTimeOffset now)
    {
        var (count, unit) = Largest(now - then);
        return $"{count} {unit}{(count == 1 ? "" : "s")} ago";
    }

    /// <summary><c>42s</c>, <c>10m</c>, <c>2h</c>, <c>3d</c>.</summary>
    public static string Terse(DateTimeOffset then, DateTimeOffset now)
    {
        var (count, unit) = Largest(now - then);
        return $"{count}{unit[0]}";
    }

    /// <summary>The two largest units: <c>4 m 12 s</c>.</summary>
    public static string Span(TimeSpan span) => span switch
    {
        { TotalDays: >= 1 } => $"{(int)span.TotalDays} d {span.Hours} h",
        { TotalHours: >= 1 } => $"{span.Hours} h {span.Minutes} m",
        { TotalMinutes: >= 1 } => $"{span.Minutes} m {span.Seconds} s",
        _ => $"{span.Seconds} s",
    };

    private static (long Count, string Unit) Largest(TimeSpan age)
    {
        var seconds = Math.Max(0, (long)age.TotalSeconds);
        return seconds switch
        {
            > 24 * 3600 => (seconds / (24 * 3600), "day"),
            > 3600 => (seconds / 3600, "hour"),
            > 60 => (seconds / 60, "minute"),
            _ => (seconds, "second"),
        };
    }
}
