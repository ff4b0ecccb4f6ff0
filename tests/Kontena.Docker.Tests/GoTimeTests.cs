using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Kontena.Docker.Tests;

public class GoTimeTests
{
    [Theory]
    [InlineData("2026-11-22T10:40:18.898823881Z", "2026-11-22T10:40:18.8988238+00:00")]
    [InlineData("2026-11-22T10:40:18Z", "2026-11-22T10:40:18.0000000+00:00")]
    [InlineData("2026-11-22T10:40:18.5+02:30", "2026-11-22T08:10:18.5000000+00:00")]
    [InlineData("2026-11-22T00:10:18.123456789123-01:00", "2026-11-22T01:10:18.1234567+00:00")]
    [InlineData("0001-01-01T00:00:00Z", null)]
    [InlineData("0001-01-01T00:00:00+05:00", null)]
    [InlineData("2026-02-29T00:00:00Z", null)]
    [InlineData("2026-11-22T10:40:18", null)]
    [InlineData("2026-11-22T10:40:18x", null)]
    [InlineData("2026-11-22 10:40:18Z", null)]
    [InlineData("9999-99-99T99:99:99Z", null)]
    [InlineData("", null)]
    [InlineData("now", null)]
    [InlineData(null, null)]
    public void The_engines_times_are_read_to_seven_digits(string? text, string? time) =>
        Assert.Equal(time, GoTime.Parse(text)?.ToString("o"));

    [Fact]
    public void Whatever_is_read_is_a_time_or_none_and_never_a_crash()
    {
        var bytes = Gen.Elements("0123456789-:.TZ+ \u00ff".ToCharArray()).ArrayOf(30).Select(chars => Encoding.Latin1.GetBytes(chars)).ToArbitrary();
        Prop.ForAll(bytes, text =>
        {
            GoTime.TryParse(text, out _);
            return true;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_query_has_nine_digits_and_no_time_before_1970()
    {
        Assert.Equal("1.500000100", GoTime.Query(DateTimeOffset.UnixEpoch.AddSeconds(1.5).AddTicks(1)));
        Assert.Equal("0.000000000", GoTime.Query(DateTimeOffset.MinValue));
    }
}
