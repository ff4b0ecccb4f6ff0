namespace Kontena.Simulation.Tests.Time;

/// <summary>One run of one process: asynchronous code that belongs to it goes on only while it lives. A restart is another one of these.</summary>
internal sealed class SimProcess : SynchronizationContext
{
    private readonly Timeline _timeline;
    private int _ids;

    /// <param name="timeline">The run.</param>
    /// <param name="name">E.g. <c>scheduler-2</c>; the same for every run of the process.</param>
    /// <param name="mark">Tells the ids it makes from those of others.</param>
    /// <param name="skew">How far its clock is from the true time.</param>
    public SimProcess(Timeline timeline, string name, int mark, TimeSpan skew)
    {
        _timeline = timeline;
        Name = name;
        Mark = mark;
        Clock = new SimClock(timeline, this, skew);
    }

    public string Name { get; }

    public int Mark { get; }

    public SimClock Clock { get; }

    public bool IsAlive { get; private set; } = true;

    /// <summary>Ticks of the timeline; until then it stands still, as under a full disk, a debugger or a hypervisor.</summary>
    public long PausedUntil { get; private set; }

    /// <summary>What it was about to do does not happen any more.</summary>
    public void Die() => IsAlive = false;

    public void Pause(TimeSpan span) => PausedUntil = Math.Max(PausedUntil, _timeline.Now + span.Ticks);

    /// <summary>24 hex digits that sort by this process's clock, as <c>ObjectId</c> makes them.</summary>
    public string NewId() => $"{Clock.GetUtcNow().ToUnixTimeMilliseconds():x12}{++_ids & 0xFFFF:x4}{Mark & 0xFFFFFF:x6}00";

    public void After(TimeSpan delay, Action action) => _timeline.After(delay, this, action);

    /// <summary>Again and again, until it dies.</summary>
    public void Every(TimeSpan first, TimeSpan period, Action action) => After(first, () =>
    {
        action();
        Every(period, period, action);
    });

    public override void Post(SendOrPostCallback d, object? state) => _timeline.Post(this, d, state);

    public override void Send(SendOrPostCallback d, object? state) => throw new NotSupportedException("nothing of a run may block");

    public override SynchronizationContext CreateCopy() => this;
}
