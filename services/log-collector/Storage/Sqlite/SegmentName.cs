using System.Globalization;

namespace Kontena.LogCollector.Storage.Sqlite;

/// <summary>Names of segment files: the day and a part of it, <c>2026-11-22.000.db</c>. The number sorts the same way and opens every line's id.</summary>
internal static class SegmentName
{
    /// <summary>Parts of one day; with the smallest part of 8 MiB that is 2 GiB a day, and bigger limits have bigger parts.</summary>
    public const int PartsPerDay = 256;

    public static int NumberOf(DateTimeOffset time) => (int)(time.UtcDateTime.Date - DateTime.UnixEpoch).TotalDays * PartsPerDay;

    public static DateOnly DayOf(int segment) => DateOnly.FromDateTime(DateTime.UnixEpoch).AddDays(segment / PartsPerDay);

    public static string FileOf(string directory, int segment) =>
        Path.Combine(directory, $"{DayOf(segment):yyyy-MM-dd}.{segment % PartsPerDay:000}.db");

    /// <summary>Null for a file that is no segment.</summary>
    public static int? Parse(string file)
    {
        var parts = Path.GetFileName(file).Split('.');
        return parts is [var day, var part, "db"]
            && DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            && int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number < PartsPerDay
                ? (date.DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber) * PartsPerDay + number
                : null;
    }

    /// <summary>Oldest first.</summary>
    public static IReadOnlyList<int> All(string directory) =>
        Directory.Exists(directory)
            ? [.. Directory.EnumerateFiles(directory, "*.db").Select(Parse).OfType<int>().Order()]
            : [];
}
