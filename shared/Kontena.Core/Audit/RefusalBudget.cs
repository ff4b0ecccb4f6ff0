namespace Kontena.Core.Audit;

/// <summary>How many refusals of a partition are written down in a minute: somebody who is refused without end must not push everything else out of the audit log.</summary>
public sealed class RefusalBudget(TimeProvider time)
{
    public const int PerMinute = 60;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Window> _windows = new(StringComparer.Ordinal);

    /// <returns>Null when it may be written down; else how many were not in this minute.</returns>
    public int? Take(string partition)
    {
        var now = time.GetUtcNow();
        lock (_gate)
        {
            // As many as there are grids; those of removed ones go with the minute.
            if (_windows.Count > 1024)
                _windows.Clear();
            if (!_windows.TryGetValue(partition, out var window) || now - window.Began >= TimeSpan.FromMinutes(1))
                window = new Window(now, 0);
            _windows[partition] = window = window with { Taken = window.Taken + 1 };
            return window.Taken <= PerMinute ? null : window.Taken - PerMinute;
        }
    }

    private sealed record Window(DateTimeOffset Began, int Taken);
}
