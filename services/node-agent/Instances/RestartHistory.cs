namespace Kontena.NodeAgent.Instances;

/// <summary>The restarts of an instance under one order: what decides the next pause, and what is told of them. Pure.</summary>
internal sealed record RestartHistory
{
    public static readonly RestartHistory None = new();

    /// <summary>This many restarts within <see cref="LoopWindow"/> are a crash loop.</summary>
    public const int LoopSize = 5;
    public static readonly TimeSpan LoopWindow = TimeSpan.FromMinutes(10);

    /// <summary>Restarts in a row, none of which brought a container that settled; decides the next pause.</summary>
    public int InARow { get; init; }

    /// <summary>The newest ones, at most <see cref="LoopSize"/>, oldest first.</summary>
    public IReadOnlyList<DateTimeOffset> Recent { get; init; } = [];

    /// <summary>Of the newest, in one line.</summary>
    public string? Reason { get; init; }

    /// <summary>Restarted again and again; over when the oldest of the last five is ten minutes ago.</summary>
    public bool IsLooping(DateTimeOffset now) => Recent.Count >= LoopSize && now - Recent[0] <= LoopWindow;

    /// <summary>One more, and how long to wait with it. In a crash loop ten seconds of running win nothing: else a container that dies every
    /// eleven seconds would be started at once for ever.</summary>
    /// <param name="uptime">How long the container did its work; zero when it never got so far.</param>
    public (RestartHistory History, TimeSpan Pause) After(string reason, DateTimeOffset at, TimeSpan uptime)
    {
        var before = uptime >= Backoff.Settled && !IsLooping(at) ? 0 : InARow;
        return (new RestartHistory { InARow = before + 1, Recent = [.. Recent.TakeLast(LoopSize - 1), at], Reason = reason }, Backoff.AfterExit(before));
    }
}
