namespace Kontena.Contracts.Jobs;

/// <summary>When a service is run; a service with a schedule has no instances that stay.</summary>
public sealed record ScheduleSpec
{
    /// <summary>What <see cref="History"/> is when nobody says.</summary>
    public const int DefaultHistory = 10;

    /// <summary>What <see cref="StartingDeadline"/> is when nobody says: an hour.</summary>
    public const int DefaultStartingDeadline = 3600;

    /// <summary>Five fields as in crontab(5), or <c>@hourly</c>, <c>@daily</c>, <c>@weekly</c>, <c>@monthly</c>, <c>@yearly</c>.</summary>
    public required string Cron { get; init; }

    /// <summary>A name of the IANA time zone database.</summary>
    public string TimeZone { get => field ?? "UTC"; init; } = "UTC";

    /// <summary>What happens at a tick while an earlier run goes on: <c>forbid</c> skips the tick, <c>allow</c> runs beside it, <c>replace</c> stops the earlier one first.</summary>
    public string Concurrency { get => field ?? "forbid"; init; } = "forbid";

    /// <summary>1 to 100: ended runs that are remembered, and as many skipped ticks beside them.</summary>
    public int History { get => field == 0 ? DefaultHistory : field; init; } = DefaultHistory;

    /// <summary>Seconds, 10 to 86400, for which a tick may be late when nothing could be started at its time; a later one is skipped.</summary>
    public int StartingDeadline { get => field == 0 ? DefaultStartingDeadline : field; init; } = DefaultStartingDeadline;
}

/// <summary>How far the scheduler has come in a service's schedule. Written by the scheduler together with the run that a tick starts; the document id is <see cref="ServiceUid"/>.</summary>
public sealed record ScheduleState
{
    public required string Grid { get; init; }
    public required string Stack { get; init; }
    public required string Service { get; init; }
    public required string ServiceUid { get; init; }

    /// <summary>What <see cref="NextTick"/> was worked out from; another one starts afresh.</summary>
    public required string Cron { get; init; }
    public required string TimeZone { get; init; }

    /// <summary>Every tick up to this time is decided: nothing is started for it again.</summary>
    public required DateTimeOffset DecidedUpTo { get; init; }

    /// <summary>Null while the service is stopped, and for a schedule that was never worked out.</summary>
    public DateTimeOffset? NextTick { get; init; }

    /// <summary>The newest run of the service that began, whoever asked for it, so that a reader need not read all of them; null when none is on record, and
    /// for a moment after an update from a version that did not note it.</summary>
    public string? LastRun { get; init; }

    /// <summary>Why the schedule is not carried out at present, in a sentence; null when it is.</summary>
    public string? Reason { get; init; }
}
