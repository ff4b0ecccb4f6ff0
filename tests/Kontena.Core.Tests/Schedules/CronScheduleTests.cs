using System.Globalization;
using Kontena.Core.Schedules;
using Xunit;

namespace Kontena.Core.Tests.Schedules;

public class CronScheduleTests
{
    private static CronSchedule Parse(string text)
    {
        Assert.True(CronSchedule.TryParse(text, out var schedule, out var mistake), mistake);
        return schedule;
    }

    private static TimeZoneInfo Zone(string name)
    {
        Assert.True(TimeZones.TryFind(name, out var zone));
        return zone;
    }

    private static DateTimeOffset Utc(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    [Theory]
    [InlineData("*/15 * * * *", "2026-03-01T12:07:00", "2026-03-01T12:15:00")]
    [InlineData("*/15 * * * *", "2026-03-01T12:15:00", "2026-03-01T12:30:00")]
    [InlineData("0 3 * * *", "2026-03-01T03:00:00", "2026-03-02T03:00:00")]
    [InlineData("30 4 1,15 * fri", "2026-03-01T12:00:00", "2026-03-06T04:30:00")]
    [InlineData("30 4 15 * *", "2026-03-01T12:00:00", "2026-03-15T04:30:00")]
    [InlineData("0 0 * * 7", "2026-03-02T00:00:00", "2026-03-08T00:00:00")]
    [InlineData("0 9-17/4 * JAN-mar Mon-Fri", "2026-03-06T17:01:00", "2026-03-09T09:00:00")]
    [InlineData("5 0 29 2 *", "2026-03-01T12:00:00", "2028-02-29T00:05:00")]
    [InlineData("5 0 29 2 *", "2096-03-01T12:00:00", "2104-02-29T00:05:00")]
    [InlineData("@hourly", "2026-03-01T12:00:01", "2026-03-01T13:00:00")]
    [InlineData("@DAILY", "2026-03-01T12:00:00", "2026-03-02T00:00:00")]
    [InlineData("@weekly", "2026-03-02T12:00:00", "2026-03-08T00:00:00")]
    [InlineData("@monthly", "2026-03-01T12:00:00", "2026-04-01T00:00:00")]
    [InlineData("@yearly", "2026-03-01T12:00:00", "2027-01-01T00:00:00")]
    public void The_next_time_is_that_of_crontab(string text, string after, string next) =>
        Assert.Equal(Utc(next), Parse(text).Next(Utc(after), TimeZoneInfo.Utc));

    // Helsinki leaves 03:00 to 04:00 out on 2026-03-29, and has it twice on 2026-10-25.
    [Theory]
    [InlineData("30 3 * * *", "2026-03-28T12:00:00", "2026-03-29T01:00:00")] // at 04:00, right after the gap
    [InlineData("30 3 * * *", "2026-03-29T01:00:00", "2026-03-30T00:30:00")]
    [InlineData("30 3 * * *", "2026-10-24T12:00:00", "2026-10-25T00:30:00")] // the first of the two
    [InlineData("30 3 * * *", "2026-10-25T00:30:00", "2026-10-26T01:30:00")] // and not the second
    [InlineData("30 * * * *", "2026-10-25T00:30:00", "2026-10-25T01:30:00")] // each hour is an hour
    [InlineData("*/30 * * * *", "2026-03-29T00:30:00", "2026-03-29T01:00:00")]
    [InlineData("0 12 * * *", "2026-03-28T12:00:00", "2026-03-29T09:00:00")]
    public void Clocks_that_change_leave_no_time_out_and_repeat_none(string text, string after, string next) =>
        Assert.Equal(Utc(next), Parse(text).Next(Utc(after), Zone("Europe/Helsinki")));

    [Theory]
    [InlineData("* * * *", "five fields")]
    [InlineData("", "five fields")]
    [InlineData("60 * * * *", "the field minute is '60': expected *, numbers from 0 to 59")]
    [InlineData("* 24 * * *", "the field hour")]
    [InlineData("* * 0 * *", "the field day of the month")]
    [InlineData("* * * 13 *", "the field month")]
    [InlineData("* * * * 8", "the field day of the week")]
    [InlineData("5/15 * * * *", "the field minute is '5/15'")]
    [InlineData("1,2-,3 * * * *", "and in it '2-'")]
    [InlineData("*/0 * * * *", "steps")]
    [InlineData("30-10 * * * *", "ranges")]
    [InlineData("* * L * *", "the field day of the month is 'L'")]
    [InlineData("* * * foo *", "names (jan … dec)")]
    [InlineData("-1 * * * *", "the field minute")]
    [InlineData("0 0 30 2 *", "never comes")]
    [InlineData("@reboot", "'@reboot' is not known: one of @hourly")]
    public void A_mistake_says_which_field_and_what_is_allowed(string text, string expected)
    {
        Assert.False(CronSchedule.TryParse(text, out _, out var mistake));
        Assert.Contains(expected, mistake, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_wrong_field_is_named_at_once()
    {
        Assert.False(CronSchedule.TryParse("61 25 * * mon", out _, out var mistake));
        Assert.Contains("minute", mistake, StringComparison.Ordinal);
        Assert.Contains("hour", mistake, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Europe/Helsinki", true)]
    [InlineData("UTC", true)]
    [InlineData("Mars/Olympus", false)]
    [InlineData("/etc/localtime", false)]
    [InlineData("../../etc/passwd", false)]
    [InlineData("", false)]
    public void Zones_are_names_and_not_files(string name, bool known) => Assert.Equal(known, TimeZones.TryFind(name, out _));

    private const int Days = 7;

    /// <summary>Days before which the zones below change their clocks within a week.</summary>
    private static readonly string[] Changes = ["2026-03-05", "2026-03-24", "2026-04-01", "2026-10-01", "2026-10-21", "2026-10-28"];

    /// <summary>Every minute of some days asked whether it is due, beside the schedule's own answers.</summary>
    [Theory]
    [InlineData("Europe/Helsinki")]
    [InlineData("America/New_York")]
    [InlineData("Australia/Lord_Howe")] // half an hour
    [InlineData("America/Havana")] // at midnight
    [InlineData("Asia/Kolkata")]
    [InlineData("UTC")]
    public void Law_the_times_are_all_minutes_that_match_and_what_a_gap_swallowed_right_after_it(string name)
    {
        var zone = Zone(name);
        var random = new Random(name.Length);
        foreach (var start in Changes.Select(Utc))
        {
            var text = random.Next(3) == 0 ? "*/7 * * * *" : Some(random);
            var schedule = Parse(text);
            var expected = Expected(text.Split(' '), zone, start, Days);

            var found = new List<DateTimeOffset>();
            for (var next = schedule.Next(start, zone); next < start.AddDays(Days); next = schedule.Next(next.Value, zone))
                found.Add(next.Value.ToUniversalTime());

            Assert.True(expected.SequenceEqual(found), $"{text} in {name} from {start:O}: first difference {expected.Except(found).Concat(found.Except(expected)).Order().FirstOrDefault():O}");
        }
    }

    private static List<DateTimeOffset> Expected(string[] fields, TimeZoneInfo zone, DateTimeOffset start, int days)
    {
        var due = new SortedSet<DateTimeOffset>();
        var seen = new HashSet<DateTime>();
        var before = TimeZoneInfo.ConvertTime(start.AddDays(-1).AddMinutes(-1), zone).DateTime;
        for (var at = start.AddDays(-1); at < start.AddDays(days); at = at.AddMinutes(1))
        {
            var local = TimeZoneInfo.ConvertTime(at, zone).DateTime;
            // Minutes of the wall that this minute of time stands for: itself, and those that were just left out.
            for (var wall = before.AddMinutes(1) < local ? before.AddMinutes(1) : local; wall <= local; wall = wall.AddMinutes(1))
            {
                if (Matches(fields, wall) && (seen.Add(wall) || fields[1] == "*") && at > start)
                    due.Add(at);
            }

            before = local;
        }

        return [.. due];
    }

    private static bool Matches(string[] fields, DateTime wall)
    {
        var day = (Has(fields[2], wall.Day), Has(fields[4], (int)wall.DayOfWeek));
        return Has(fields[0], wall.Minute) && Has(fields[1], wall.Hour) && Has(fields[3], wall.Month)
            && (fields[2][0] == '*' || fields[4][0] == '*' ? day.Item1 && day.Item2 : day.Item1 || day.Item2);
    }

    private static bool Has(string field, int value) => field.Split(',').Any(element =>
    {
        var parts = element.Split('/');
        var step = parts.Length == 2 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 1;
        if (parts[0] == "*")
            return value % step == 0;
        var range = parts[0].Split('-').Select(one => int.Parse(one, CultureInfo.InvariantCulture)).ToArray();
        return value >= range[0] && value <= range[^1] && (value - range[0]) % step == 0;
    });

    private static string Some(Random random)
    {
        string Field(int least, int most, bool zeroBased) => random.Next(zeroBased ? 5 : 4) switch
        {
            0 => "*",
            1 => $"{random.Next(least, most + 1)}",
            2 => random.Next(least, most) is var from ? $"{from}-{random.Next(from, most + 1)}" : "",
            3 => $"{random.Next(least, most + 1)},{random.Next(least, most + 1)}",
            _ => $"*/{random.Next(1, most)}",
        };
        return $"{Field(0, 59, true)} {(random.Next(3) == 0 ? "*" : $"{random.Next(0, 5)}-{random.Next(5, 24)}")} {(random.Next(2) == 0 ? "*" : Field(1, 28, false))} * {(random.Next(2) == 0 ? "*" : Field(0, 6, true))}";
    }
}
