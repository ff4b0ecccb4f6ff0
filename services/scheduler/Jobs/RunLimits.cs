namespace Kontena.Scheduler.Jobs;

/// <summary>Bounds of runs, in one place.</summary>
internal static class RunLimits
{
    /// <summary>Runs of one service that go on at once, whoever asked for them.</summary>
    public const int Active = 20;

    /// <summary>Words of a command, and variables given with a run.</summary>
    public const int Words = 1000;

    /// <summary>Characters of one of those.</summary>
    public const int WordLength = 131_072;

    /// <summary>Seconds: a week. What takes longer is no run.</summary>
    public const int LongestTimeout = 7 * 24 * 60 * 60;

    /// <summary>From the order to the start; the node bounds its pulls itself.</summary>
    public static readonly TimeSpan Starting = TimeSpan.FromMinutes(30);

    /// <summary>From the order of a schedule's run until its node, which fails to start it, is to try no longer.</summary>
    public static readonly TimeSpan Retrying = TimeSpan.FromMinutes(10);

    /// <summary>A node that was offline so long is not waited for: how a run on it ended is not known. Longer than for instances, as nothing takes over what it did.</summary>
    public static readonly TimeSpan Lost = TimeSpan.FromMinutes(2);

    /// <summary>A node that was removed from the grid is not waited for to confirm that a container is gone.</summary>
    public static readonly TimeSpan Abandoned = TimeSpan.FromHours(24);

    private const int LongestReason = 3000;

    public static string Clip(string reason) => reason.Length <= LongestReason ? reason : reason[..(LongestReason - 1)] + "…";
}
