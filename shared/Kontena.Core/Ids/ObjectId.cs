using System.Security.Cryptography;

namespace Kontena.Core.Ids;

/// <summary>Ids of 24 hex digits that sort by creation as text, as clients expect of the API (rest-api.md §1.8).</summary>
public static class ObjectId
{
    private static readonly Lock Guard = new();
    private static readonly uint ProcessMark = BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(4)) & 0xFFFFFF;
    private static ulong _last;

    /// <summary>48 bits of milliseconds, 24 bits of this process, 24 bits that grow within the millisecond.</summary>
    public static string New(TimeProvider time)
    {
        ulong stamp;
        lock (Guard)
        {
            var now = (ulong)time.GetUtcNow().ToUnixTimeMilliseconds() << 16;
            _last = now > _last ? now : _last + 1;
            stamp = _last;
        }

        return $"{stamp >> 16:x12}{stamp & 0xFFFF:x4}{ProcessMark:x6}00"[..24];
    }

    /// <summary>Whether the text is 24 lower-case hex digits.</summary>
    public static bool IsValid(string? text) =>
        text is { Length: 24 } && text.All(c => char.IsAsciiDigit(c) || c is >= 'a' and <= 'f');
}
