using Kontena.Contracts.Services;
using Kontena.NodeAgent.Instances;

namespace Kontena.NodeAgent.Health;

/// <summary>One check over one start of one container: what its answers mean, and when to ask again. Pure; moved forward by <see cref="After"/>.</summary>
/// <remarks>
/// While the container is not ready it is asked every second, so that nobody waits a whole interval for it. Failures are
/// counted at most once per interval, and only after the initial delay: asking often restarts nothing earlier.
/// </remarks>
internal sealed record CheckCourse
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    /// <summary>A timer may be this early.</summary>
    private static readonly TimeSpan Jitter = TimeSpan.FromMilliseconds(100);

    public required HealthCheckSpec Check { get; init; }
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Counted failures in a row after which <see cref="Exhausted"/> holds.</summary>
    public required int Retries { get; init; }

    /// <summary>Whether one failure is enough to be not ready; else it takes all <see cref="Retries"/>.</summary>
    public required bool Strict { get; init; }
    public int Successes { get; private init; }

    /// <summary>Counted ones in a row.</summary>
    public int Failures { get; private init; }
    public DateTimeOffset? CountedAt { get; private init; }
    public bool Ready { get; private init; }
    public bool EverReady { get; private init; }

    /// <summary>Of the last answer; null when it was good.</summary>
    public string? Reason { get; private init; }
    public DateTimeOffset? AskedAt { get; private init; }

    /// <summary>Answers in a row since it was last ready; spreads the first ones.</summary>
    private int Tries { get; init; }

    public bool Exhausted => Failures >= Retries;

    /// <summary>A verdict, other than "still starting".</summary>
    public bool Failing => !Ready && Reason is not null && (EverReady || Failures > 0);

    /// <param name="failure">Null: a good answer.</param>
    /// <param name="askedAt">When the check began.</param>
    public CheckCourse After(string? failure, DateTimeOffset askedAt)
    {
        if (failure is null)
        {
            var ready = Ready || Successes + 1 >= Check.SuccessThreshold;
            return this with
            {
                AskedAt = askedAt, Reason = null, Successes = Successes + 1, Failures = 0, CountedAt = null, Ready = ready, EverReady = EverReady || ready,
                Tries = ready ? 0 : Tries + 1,
            };
        }

        var counts = askedAt >= StartedAt + TimeSpan.FromSeconds(Check.InitialDelay) - Jitter
            && (CountedAt is not { } before || askedAt - before >= TimeSpan.FromSeconds(Check.Interval) - Jitter);
        var failures = Failures + (counts ? 1 : 0);
        return this with
        {
            AskedAt = askedAt, Reason = failure, Successes = 0, Failures = failures, CountedAt = counts ? askedAt : CountedAt,
            Ready = Ready && !Strict && failures < Retries, Tries = Tries + 1,
        };
    }

    /// <summary>Until the next check, after the answer of the last one has come.</summary>
    public TimeSpan Pause(DateTimeOffset now)
    {
        var interval = TimeSpan.FromSeconds(Check.Interval);
        if (AskedAt is not { } asked)
            return TimeSpan.Zero;
        if (Ready)
            return asked + interval - now is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero;
        var quick = FirstPause * Math.Pow(2, Math.Min(Tries - 1, 8));
        return TimeSpan.FromTicks(Math.Min(Math.Min(quick.Ticks, LongestPause.Ticks), interval.Ticks));
    }

    public CheckFinding FindingFor(Start start) => new(start, Ready, Failing, Exhausted, Reason, AskedAt ?? StartedAt);
}

/// <summary>What a check says of one start of a container.</summary>
/// <param name="Failing">Found bad; neither this nor <paramref name="Ready"/>: still starting.</param>
/// <param name="Exhausted">As often as the service allows.</param>
/// <param name="Reason">Of the last answer, when it was bad.</param>
internal sealed record CheckFinding(Start Start, bool Ready, bool Failing, bool Exhausted, string? Reason, DateTimeOffset At);
