namespace Kontena.Contracts.Jobs;

/// <summary>To the scheduler: run a container of the service once. Answered with <see cref="Commands.CommandResult"/>, whose <c>CreatedId</c> is the run's id.</summary>
public sealed record StartRun
{
    public required string Grid { get; init; }
    public required string Stack { get; init; }
    public required string Service { get; init; }

    /// <summary>As the schedule would, under its concurrency policy, now; then nothing else may be given but <see cref="Timeout"/>.</summary>
    public bool AsScheduled { get; init; }

    /// <summary>Null: the service's own command.</summary>
    public IReadOnlyList<string>? Cmd { get; init; }

    /// <summary><c>KEY=value</c> each, over those of the service.</summary>
    public IReadOnlyList<string> Env { get => field ?? []; init; } = [];

    /// <summary>Seconds, 1 to 604800; null for no limit.</summary>
    public int? Timeout { get; init; }

    /// <inheritdoc cref="ServiceRun.Keep"/>
    public bool Keep { get; init; }
}

/// <summary>To the scheduler: stop a run that goes on; one that has ended stays as it ended. Answered with <see cref="Commands.CommandResult"/>.</summary>
public sealed record StopRun
{
    public required string Grid { get; init; }
    public required string RunId { get; init; }

    /// <summary>Who asks, for the record.</summary>
    public required string By { get; init; }
}
