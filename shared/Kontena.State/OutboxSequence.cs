using System.Globalization;

namespace Kontena.State;

/// <summary>Entry ids are the commit sequence, padded so that text order is number order.</summary>
internal static class OutboxSequence
{
    public static string ToId(long sequence) => sequence.ToString("D19", CultureInfo.InvariantCulture);

    /// <summary>0, which is before the first, for null.</summary>
    public static long FromId(string? id) => id is null ? 0 : long.Parse(id, CultureInfo.InvariantCulture);
}
