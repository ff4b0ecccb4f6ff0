using System.Buffers.Text;
using System.Globalization;

namespace Kontena.Docker;

/// <summary>Times as the engine writes them: RFC 3339 with up to nine digits of a second. Ours have seven; the rest is cut off.</summary>
internal static class GoTime
{
    private const int DateAndSeconds = 19; // yyyy-MM-ddTHH:mm:ss

    public static bool TryParse(ReadOnlySpan<byte> text, out DateTimeOffset time)
    {
        time = default;
        if (text.Length < DateAndSeconds + 1 || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':') return false;
        if (!Number(text[..4], out var year) || !Number(text[5..7], out var month) || !Number(text[8..10], out var day)
            || !Number(text[11..13], out var hour) || !Number(text[14..16], out var minute) || !Number(text[17..19], out var second)) return false;
        if (year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 59) return false;

        var at = DateAndSeconds;
        long ticks = 0;
        if (text[at] == '.')
        {
            var scale = TimeSpan.TicksPerSecond;
            for (at++; at < text.Length && char.IsAsciiDigit((char)text[at]); at++)
            {
                scale /= 10;
                ticks += (text[at] - '0') * scale; // scale is 0 from the eighth digit on
            }
        }

        var local = new DateTime(year, month, day, hour, minute, second, DateTimeKind.Unspecified).AddTicks(ticks);
        if (!TryParseOffset(text[at..], out var offset)) return false;
        try
        {
            time = new DateTimeOffset(local, offset).ToUniversalTime();
            return true;
        }
        catch (ArgumentOutOfRangeException)
        {
            return false;
        }
    }

    /// <summary>Null for what Go calls the zero time, and for what is no time.</summary>
    public static DateTimeOffset? Parse(string? text)
    {
        if (text is null || text.Length > 64) return null;
        Span<byte> bytes = stackalloc byte[64];
        for (var i = 0; i < text.Length; i++) bytes[i] = text[i] < 128 ? (byte)text[i] : (byte)'?';
        return TryParse(bytes[..text.Length], out var time) && time.Year > 1 ? time : null;
    }

    /// <summary>Seconds and fraction since 1970, as the query parameter <c>since</c> takes them.</summary>
    public static string Query(DateTimeOffset time)
    {
        var ticks = Math.Max(0, (time - DateTimeOffset.UnixEpoch).Ticks);
        return string.Create(CultureInfo.InvariantCulture, $"{ticks / TimeSpan.TicksPerSecond}.{ticks % TimeSpan.TicksPerSecond * 100:d9}");
    }

    public static DateTimeOffset FromNanoseconds(long nanoseconds) => DateTimeOffset.UnixEpoch.AddTicks(nanoseconds / 100);

    private static bool Number(ReadOnlySpan<byte> digits, out int value) =>
        Utf8Parser.TryParse(digits, out value, out var used) && used == digits.Length && value >= 0;

    private static bool TryParseOffset(ReadOnlySpan<byte> text, out TimeSpan offset)
    {
        offset = TimeSpan.Zero;
        if (text.Length == 1) return text[0] == 'Z';
        if (text.Length != 6 || text[0] is not ((byte)'+' or (byte)'-') || text[3] != ':') return false;
        if (!Number(text[1..3], out var hours) || !Number(text[4..6], out var minutes) || hours > 14 || minutes > 59) return false;
        offset = new TimeSpan(hours, minutes, 0);
        if (text[0] == '-') offset = -offset;
        return true;
    }
}
