namespace Kontena.Simulation.Tests.Time;

/// <summary>One thread, one clock, one order of everything that happens. Nothing of a run takes place outside of it.</summary>
/// <remarks>What falls on the same instant is ordered by the dice. Continuations of asynchronous code run at the instant they become ready, in the
/// order in which they did.</remarks>
internal sealed class Timeline(Dice dice)
{
    private readonly PriorityQueue<Happening, (long At, ulong Order)> _due = new();
    private readonly Queue<Ready> _ready = new();
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private ulong _count;

    /// <summary>Ticks since the run began.</summary>
    public long Now { get; private set; }

    public TimeSpan Elapsed => TimeSpan.FromTicks(Now);

    public long Steps { get; private set; }

    /// <summary>Why the run ended early; looked at after every step.</summary>
    public Func<bool> Over { get; set; } = static () => false;

    /// <param name="delay">From now; less than zero counts as zero.</param>
    /// <param name="process">Whose affair it is: it does not happen when that process is dead by then, and waits while it is paused. Null: the world's own.</param>
    /// <param name="action">What happens.</param>
    public void After(TimeSpan delay, SimProcess? process, Action action) =>
        _due.Enqueue(new Happening(process, action), (Now + Math.Max(0, delay.Ticks), (dice.Next() << 40) | (++_count & 0xFF_FFFF_FFFF)));

    /// <summary>A continuation that is ready now.</summary>
    /// <exception cref="InvalidOperationException">It comes from a thread of the pool: the run could not be repeated.</exception>
    public void Post(SimProcess process, SendOrPostCallback callback, object? state)
    {
        if (Environment.CurrentManagedThreadId != _thread)
            throw new InvalidOperationException($"{process.Name} left the virtual thread");
        _ready.Enqueue(new Ready(process, callback, state));
    }

    public void RunFor(TimeSpan span)
    {
        var until = Now + span.Ticks;
        while (!Over())
        {
            if (_ready.TryDequeue(out var ready))
            {
                Steps++;
                Run(ready);
                continue;
            }

            if (!_due.TryPeek(out var next, out var when) || when.At > until)
                break;
            _due.Dequeue();
            Now = when.At;
            Steps++;
            Run(next);
        }

        Now = Math.Max(Now, until);
    }

    private void Run(Ready ready)
    {
        var process = ready.Process;
        if (!process.IsAlive)
            return;
        if (process.PausedUntil > Now)
        {
            Defer(process, () => ready.Callback(ready.State));
            return;
        }

        SynchronizationContext.SetSynchronizationContext(process);
        ready.Callback(ready.State);
    }

    private void Run(Happening happening)
    {
        var process = happening.Process;
        if (process is { IsAlive: false })
            return;
        if (process?.PausedUntil > Now)
        {
            Defer(process, happening.Action);
            return;
        }

        SynchronizationContext.SetSynchronizationContext(process);
        happening.Action();
    }

    // In the order in which it would have happened.
    private void Defer(SimProcess process, Action action) =>
        _due.Enqueue(new Happening(process, action), (process.PausedUntil, ++_count & 0xFF_FFFF_FFFF));

    private readonly record struct Happening(SimProcess? Process, Action Action);

    private readonly record struct Ready(SimProcess Process, SendOrPostCallback Callback, object? State);
}
