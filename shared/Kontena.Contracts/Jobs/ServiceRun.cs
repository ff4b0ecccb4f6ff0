using Kontena.Contracts.Instances;

namespace Kontena.Contracts.Jobs;

/// <summary>One container of a service that is started once and ends by itself: asked for by a person, or by the service's schedule. Written by the scheduler; the
/// document id is <see cref="Id"/>.</summary>
public sealed record ServiceRun
{
    /// <summary>Ended runs of one service that a person asked for and that are remembered; the runs of a schedule have their own bound,
    /// <see cref="ScheduleSpec.History"/>.</summary>
    public const int Kept = 20;

    /// <summary>24 hex digits; also the id of its <see cref="Instance"/>. Made of the service's uid and the tick for a run of a schedule, so that there is one
    /// document for a tick, whoever writes it.</summary>
    public required string Id { get; init; }
    public required string Grid { get; init; }
    public required string Stack { get; init; }
    public required string Service { get; init; }
    public required string ServiceUid { get; init; }
    public required RunCause Cause { get; init; }

    /// <summary>The time of the schedule that it stands for; null unless <see cref="Cause"/> is <see cref="RunCause.Schedule"/>.</summary>
    public DateTimeOffset? Tick { get; init; }
    public required RunState State { get; init; }

    /// <summary>The deploy of its service that waits for its end; null for others. Its <see cref="Cause"/> is a person, as a person's wish stands behind it.</summary>
    public string? DeployId { get; init; }

    /// <summary>Why it waits, was skipped, failed or was stopped, in a sentence; null when there is nothing to say.</summary>
    public string? Reason { get; init; }

    /// <summary>Null: the service's own command.</summary>
    public IReadOnlyList<string>? Cmd { get; init; }

    /// <summary><c>KEY=value</c> each, over those of the service.</summary>
    public IReadOnlyList<string> Env { get => field ?? []; init; } = [];

    /// <summary>Seconds from its start after which its node stops it; null for no limit.</summary>
    public int? Timeout { get; init; }

    /// <summary>The container stays after its end, until the record goes.</summary>
    public bool Keep { get; init; }

    /// <summary>The revision of the service that it ran.</summary>
    public int ServiceRevision { get; init; }

    /// <summary>The container's name, <c>stack.service-run-ID</c>; null for one that was never begun.</summary>
    public string? Container { get; init; }

    /// <summary>Where it runs or ran.</summary>
    public string? Node { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>By the node's clock; null before it was seen to run.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended: by the node's clock when the node said so.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Null while it runs, and for one whose end nobody saw.</summary>
    public int? ExitCode { get; init; }

    /// <summary>Somebody or something asked for its end.</summary>
    public RunStop? Stop { get; init; }

    /// <summary>What its node is told; null before it has one, and once its container is gone.</summary>
    public Instance? Instance { get; init; }

    /// <summary>Nothing more happens in it, but that its container is removed.</summary>
    public static bool IsEnded(RunState state) => state is RunState.Succeeded or RunState.Failed or RunState.Stopped or RunState.Skipped;
}

/// <param name="By">A person, or what it makes room for, as in "stopped by …".</param>
public sealed record RunStop(string By, DateTimeOffset At);

public enum RunCause
{
    /// <summary>A person wants a command run.</summary>
    Person,

    /// <summary>A tick of the service's schedule.</summary>
    Schedule,

    /// <summary>A person wants what the schedule would start, now.</summary>
    RunNow,
}

public enum RunState
{
    /// <summary>For a node, or for the run that it replaces.</summary>
    Waiting,

    /// <summary>Its node has been told.</summary>
    Starting,
    Running,

    /// <summary>Ended with exit code 0.</summary>
    Succeeded,

    /// <summary>Ended with another exit code, could not be started, took too long, or its node was lost.</summary>
    Failed,

    /// <summary>Ended because somebody asked for it.</summary>
    Stopped,

    /// <summary>A tick that started nothing; the reason says why.</summary>
    Skipped,
}
