namespace Kontena.State.Outbox;

/// <summary>Messages of one partition to one destination: sent one after the other, so that they arrive in commit order.</summary>
internal sealed class DestinationLane(string name)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private int _failures;
    private long _failedAt;

    public string Name { get; } = name;

    public Queue<OutboxMail> Waiting { get; } = new();

    /// <summary>The one that is with the broker now.</summary>
    public OutboxMail? Sending { get; set; }

    /// <summary>From a failure until a sweep has read it again from the oldest message: nothing newer may pass what waits in the store.</summary>
    public bool IsClosed { get; private set; }

    public bool IsEmpty => Sending is null && Waiting.Count == 0;

    /// <summary>After a failure nothing is taken for this destination until its pause is over: 1, 2, 4, 5, 5 … seconds.</summary>
    public bool IsPaused(TimeProvider time)
    {
        if (_failures == 0)
            return false;
        var pause = Math.Min(FirstPause.TotalSeconds * Math.Pow(2, Math.Min(_failures - 1, 8)), LongestPause.TotalSeconds);
        return time.GetElapsedTime(_failedAt).TotalSeconds < pause;
    }

    public void Failed(TimeProvider time)
    {
        _failures++;
        IsClosed = true;
        _failedAt = time.GetTimestamp();
    }

    public void Reopen() => IsClosed = false;

    public void Succeeded() => _failures = 0;
}
