namespace Kontena.Contracts.Http;

/// <summary>One run of a service on HTTP; ours, older servers have none.</summary>
public sealed record RunJson
{
    public string Id { get; init; } = "";

    /// <summary><c>person</c>, <c>schedule</c> or <c>run_now</c>.</summary>
    public string Cause { get; init; } = "";

    /// <summary>The time of the schedule that it stands for; null for others.</summary>
    public DateTimeOffset? Tick { get; init; }

    /// <summary><c>waiting</c>, <c>starting</c>, <c>running</c>, <c>succeeded</c>, <c>failed</c>, <c>stopped</c> or <c>skipped</c>.</summary>
    public string State { get; init; } = "";

    /// <summary>It has ended; <see cref="State"/> stays.</summary>
    public bool Finished { get; init; }
    public string? Reason { get; init; }
    public IReadOnlyList<string>? Cmd { get; init; }
    public string? Container { get; init; }
    public string? Node { get; init; }
    public int ServiceRevision { get; init; }

    /// <summary>Seconds.</summary>
    public int? Timeout { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? FinishedAt { get; init; }
    public int? ExitCode { get; init; }
}

/// <summary>Newest first.</summary>
public sealed record RunsJson(IReadOnlyList<RunJson> Runs);

/// <summary>Body of <c>POST …/runs</c>.</summary>
public sealed record RunRequest
{
    public IReadOnlyList<string>? Cmd { get; init; }

    /// <summary><c>KEY=value</c> each.</summary>
    public IReadOnlyList<string>? Env { get; init; }

    /// <summary>Seconds.</summary>
    public int? Timeout { get; init; }
    public bool? Keep { get; init; }

    /// <summary>What the schedule would start, under its concurrency policy.</summary>
    public bool? AsScheduled { get; init; }
}
