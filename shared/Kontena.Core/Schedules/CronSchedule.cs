using System.Diagnostics.CodeAnalysis;

namespace Kontena.Core.Schedules;

/// <summary>When something is due, as crontab(5) has it: minute, hour, day of the month, month, day of the week, in the time of one zone.</summary>
/// <remarks>
/// Days: when both fields of days are restricted, either is enough; a field that begins with <c>*</c> is not.
/// Clocks that change: a time that a zone leaves out is due once, right after the gap. A time that comes twice is due once, the first time; but a schedule of every
/// hour (hour field <c>*</c>) goes by elapsed time, and is due both times.
/// Pure; the zone's rules are those of the machine.
/// </remarks>
public sealed class CronSchedule
{
    private const string AtMidnight = "0 0 * * *";

    /// <summary>Leap days are eight years apart around 2100.</summary>
    private const int LongestWait = (8 * 366) + 1;

    private static readonly string[] Months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    private static readonly string[] Weekdays = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    private static readonly Dictionary<string, string> Nicknames = new(StringComparer.OrdinalIgnoreCase)
    {
        ["@hourly"] = "0 * * * *", ["@daily"] = AtMidnight, ["@midnight"] = AtMidnight, ["@weekly"] = "0 0 * * 0", ["@monthly"] = "0 0 1 * *",
        ["@yearly"] = "0 0 1 1 *", ["@annually"] = "0 0 1 1 *",
    };

    private readonly CronField _minutes;
    private readonly CronField _hours;
    private readonly CronField _days;
    private readonly CronField _months;
    private readonly CronField _weekdays;

    private CronSchedule(CronField minutes, CronField hours, CronField days, CronField months, CronField weekdays) =>
        (_minutes, _hours, _days, _months, _weekdays) = (minutes, hours, days, months, weekdays with { Bits = weekdays.Bits | (weekdays.Bits >> 7 & 1) });

    /// <param name="text">Five fields, or one of <c>@hourly @daily @midnight @weekly @monthly @yearly @annually</c>.</param>
    /// <param name="mistake">Which field is wrong, what was found and what is allowed; null when it was read.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out CronSchedule? schedule, [NotNullWhen(false)] out string? mistake)
    {
        schedule = null;
        var trimmed = text.Trim();
        if (trimmed.StartsWith('@'))
        {
            if (!Nicknames.TryGetValue(trimmed, out var meant))
            {
                mistake = $"'{Shown(trimmed)}' is not known: one of {string.Join(", ", Nicknames.Keys)}, or five fields";
                return false;
            }

            trimmed = meant;
        }

        var fields = trimmed.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        if (trimmed.Length > 1000 || fields.Length != 5)
        {
            mistake = $"expected five fields (minute, hour, day of the month, month, day of the week), such as '30 3 * * mon-fri', found {fields.Length} in '{Shown(trimmed)}'";
            return false;
        }

        var minutes = CronField.Parse(fields[0], "minute", 0, 59, [], out var first);
        var hours = CronField.Parse(fields[1], "hour", 0, 23, [], out var second);
        var days = CronField.Parse(fields[2], "day of the month", 1, 31, [], out var third);
        var months = CronField.Parse(fields[3], "month", 1, 12, Months, out var fourth);
        var weekdays = CronField.Parse(fields[4], "day of the week", 0, 7, Weekdays, out var fifth);
        var mistakes = new[] { first, second, third, fourth, fifth }.OfType<string>().ToList();
        if (mistakes.Count > 0)
        {
            mistake = string.Join("; ", mistakes);
            return false;
        }

        var read = new CronSchedule(minutes!.Value, hours!.Value, days!.Value, months!.Value, weekdays!.Value);
        if (read.Next(new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero), TimeZoneInfo.Utc) is null)
        {
            mistake = $"'{Shown(text.Trim())}' never comes: none of its months has such a day";
            return false;
        }

        schedule = read;
        mistake = null;
        return true;
    }

    /// <summary>The first time after this one at which it is due; null when that is more than eight years away.</summary>
    public DateTimeOffset? Next(DateTimeOffset after, TimeZoneInfo zone)
    {
        var date = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(after, zone).DateTime);
        // A day back: what a zone left out late in a day is due in the next.
        if (date > DateOnly.MinValue.AddDays(1))
            date = date.AddDays(-1);
        for (var days = 0; days <= LongestWait && date < DateOnly.MaxValue; days++, date = date.AddDays(1))
        {
            if (IsDay(date) && NextOn(date, after, zone) is { } next)
                return next;
        }

        return null;
    }

    private bool IsDay(DateOnly date)
    {
        var (day, weekday) = (_days.Has(date.Day), _weekdays.Has((int)date.DayOfWeek));
        return _months.Has(date.Month) && (_days.IsStar || _weekdays.IsStar ? day && weekday : day || weekday);
    }

    private DateTimeOffset? NextOn(DateOnly date, DateTimeOffset after, TimeZoneInfo zone)
    {
        var noon = date.ToDateTime(new TimeOnly(12, 0));
        var (before, later) = (Offset(noon.AddHours(-39), zone), Offset(noon.AddHours(39), zone));
        if (before == later)
            return Times(date).Select(time => (DateTimeOffset?)new DateTimeOffset(time, before)).FirstOrDefault(time => time > after);

        // The clocks change around this day: all of its times, as the zone has them.
        DateTimeOffset? next = null;
        foreach (var time in Times(date).SelectMany(time => Instants(time, zone)))
        {
            if (time > after && (next is null || time < next))
                next = time;
        }

        return next;
    }

    private static TimeSpan Offset(DateTime utc, TimeZoneInfo zone) => zone.GetUtcOffset(new DateTimeOffset(utc, TimeSpan.Zero));

    private IEnumerable<DateTime> Times(DateOnly date)
    {
        for (var hour = 0; hour < 24; hour++)
        {
            for (var minute = 0; _hours.Has(hour) && minute < 60; minute++)
            {
                if (_minutes.Has(minute))
                    yield return date.ToDateTime(new TimeOnly(hour, minute));
            }
        }
    }

    private IEnumerable<DateTimeOffset> Instants(DateTime time, TimeZoneInfo zone)
    {
        if (zone.IsInvalidTime(time))
        {
            var after = time;
            while (zone.IsInvalidTime(after))
                after = after.AddMinutes(1);
            yield return new DateTimeOffset(after, zone.GetUtcOffset(after));
        }
        else if (zone.IsAmbiguousTime(time))
        {
            // The larger offset is the one before the clocks go back.
            var offsets = zone.GetAmbiguousTimeOffsets(time);
            yield return new DateTimeOffset(time, offsets.Max());
            if (_hours.IsStar && _hours.Bits == EveryHour)
                yield return new DateTimeOffset(time, offsets.Min());
        }
        else
        {
            yield return new DateTimeOffset(time, zone.GetUtcOffset(time));
        }
    }

    private const ulong EveryHour = (1UL << 24) - 1;

    private static string Shown(string text) => text.Length <= 60 ? text : text[..59] + "…";
}
