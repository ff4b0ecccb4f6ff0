namespace Kontena.LogCollector.Retention;

/// <summary>Which segments are over the limits.</summary>
internal static class RetentionPlan
{
    /// <param name="segments">Oldest first; the last one is being written and stays whatever its size.</param>
    /// <param name="today">The day it is.</param>
    /// <param name="days">Days to keep, today included.</param>
    /// <param name="bytes">The most all of them may take together.</param>
    public static IReadOnlyList<int> Doomed(IReadOnlyList<SegmentSize> segments, DateOnly today, int days, long bytes)
    {
        var doomed = new List<int>();
        var total = segments.Sum(segment => segment.Bytes);
        foreach (var segment in segments.SkipLast(1))
        {
            if (segment.Day > today.AddDays(-days) && total <= bytes)
                break;
            doomed.Add(segment.Number);
            total -= segment.Bytes;
        }

        return doomed;
    }
}

/// <param name="Number">Sorts in the order of time.</param>
/// <param name="Day">When its first lines arrived.</param>
/// <param name="Bytes">On disk.</param>
internal sealed record SegmentSize(int Number, DateOnly Day, long Bytes);
