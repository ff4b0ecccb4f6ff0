namespace Kontena.Core.Audit;

/// <summary>How many refusals of a partition are written down in a minute: somebody who is refused without end must not push everything else out of the audit log.</summary>
/// <param name="time">Says when a minute is over.</param>
/// <param name="warn">Told in words when the first of a minute is not written down.</param>
public sealed class RefusalBudget(TimeProvider time, Action<string> warn)
{
    public const int PerMinute = 60;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Window> _windows = new(StringComparer.Ordinal);

    /// <returns>Whether one more may be written down.</returns>
    public bool Take(string partition)
    {
        var taken = CountOneMore(partition);
        if (taken == PerMinute + 1)
            warn($"More than {PerMinute} refusals a minute in {partition}: those beyond are not written into the audit log, so that they can't push the rest out of it");
        return taken <= PerMinute;
    }

    private int CountOneMore(string partition)
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
            return window.Taken;
        }
    }

    private sealed record Window(DateTimeOffset Began, int Taken);
}
