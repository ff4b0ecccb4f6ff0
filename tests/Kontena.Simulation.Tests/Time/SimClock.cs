namespace Kontena.Simulation.Tests.Time;

/// <summary>The time as one process sees it: its wall clock may be wrong, its stopwatch is not.</summary>
internal sealed class SimClock(Timeline timeline, SimProcess process, TimeSpan skew) : TimeProvider
{
    public static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => Start + timeline.Elapsed + skew;

    public override long GetTimestamp() => timeline.Now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new SimTimer(process, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class SimTimer(SimProcess process, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period;
        private int _setting;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _period = period;
            var setting = ++_setting;
            if (dueTime != Timeout.InfiniteTimeSpan)
                process.After(dueTime, () => Fire(setting));
            return true;
        }

        public void Dispose() => _setting++;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Fire(int setting)
        {
            if (setting != _setting)
                return;
            if (_period > TimeSpan.Zero)
                process.After(_period, () => Fire(setting));
            callback(state);
        }
    }
}
