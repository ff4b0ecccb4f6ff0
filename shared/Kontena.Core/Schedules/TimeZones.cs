using System.Diagnostics.CodeAnalysis;

namespace Kontena.Core.Schedules;

/// <summary>Time zones by their names in the IANA database, as the machine has it.</summary>
public static class TimeZones
{
    private const int LongestName = 64;

    public static bool TryFind(string name, [NotNullWhen(true)] out TimeZoneInfo? zone)
    {
        zone = null;
        // "/etc/passwd" and "../x" are no names, though files are looked up by them.
        var isName = name.Length is > 0 and <= LongestName
            && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '/' or '_' or '-' or '+') && name[0] != '/';
        if (!isName)
            return false;
        if (name is "UTC")
        {
            zone = TimeZoneInfo.Utc;
            return true;
        }

        return TimeZoneInfo.TryFindSystemTimeZoneById(name, out zone);
    }
}
