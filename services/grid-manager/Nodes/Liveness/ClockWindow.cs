namespace Kontena.GridManager.Nodes.Liveness;

/// <summary>How far a node's clock is ahead of ours, from the last few heartbeats. A value.</summary>
/// <remarks>Each heartbeat shows the difference less the time it was under way; the largest of a few was under way least. Time under way is never negative, so
/// one that waited in a queue does not make a good clock look slow.</remarks>
internal sealed record ClockWindow(IReadOnlyList<TimeSpan> Ahead)
{
    /// <summary>Beats looked at: ten seconds.</summary>
    private const int Size = 5;

    public static readonly ClockWindow Empty = new([]);

    /// <summary>Null before the first beat.</summary>
    public TimeSpan? Estimate => Ahead.Count == 0 ? null : Ahead.Max();

    public ClockWindow Add(DateTimeOffset sentAt, DateTimeOffset receivedAt) => new([.. Ahead.TakeLast(Size - 1), sentAt - receivedAt]);
}
