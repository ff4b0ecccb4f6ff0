namespace Kontena.Hosting.Tests.Bus;

/// <summary>The real clock, moved by as much as a test says. Timers run as always.</summary>
internal sealed class ShiftedClock : TimeProvider
{
    public TimeSpan Ahead { get; set; }

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + Ahead;
}
