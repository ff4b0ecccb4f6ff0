using System.Globalization;

namespace Kontena.Scheduler.Deploys;

/// <summary>The text that numbers a service's deploys: the time it was asked for, raised where two share a millisecond. Sorts as
/// text.</summary>
internal static class DeployRevision
{
    private const string Format = "yyyy-MM-dd HH:mm:ss.fff 'UTC'";

    public static string Next(string? latest, DateTimeOffset now)
    {
        var next = now.UtcDateTime.ToString(Format, CultureInfo.InvariantCulture);
        if (latest is null || string.CompareOrdinal(next, latest) > 0)
            return next;
        return DateTime.TryParseExact(latest, Format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var last)
            ? last.AddMilliseconds(1).ToString(Format, CultureInfo.InvariantCulture)
            : next;
    }
}
