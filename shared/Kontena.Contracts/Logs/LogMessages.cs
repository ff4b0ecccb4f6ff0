namespace Kontena.Contracts.Logs;

/// <summary>Lines of one node's containers, at most 200 or 64 KiB (data connection).</summary>
public sealed record LogBatch
{
    public required string Grid { get; init; }
    public required string Node { get; init; }
    public required IReadOnlyList<LogLine> Lines { get; init; }
}

/// <summary>One line a container wrote.</summary>
public sealed record LogLine
{
    /// <summary>Given by the store when it takes the line in; grows with each line. Empty until then.</summary>
    public string Id { get; init; } = "";
    public string Node { get; init; } = "";
    public required string Stack { get; init; }
    public required string Service { get; init; }
    public required int Instance { get; init; }
    public required string InstanceId { get; init; }
    public required string ContainerName { get; init; }
    public required string ContainerId { get; init; }
    public required DateTimeOffset At { get; init; }

    /// <summary><c>stdout</c> or <c>stderr</c>.</summary>
    public required string Stream { get; init; }
    public required string Text { get; init; }
}

/// <summary>Question to the log store; every filter that is set must match. Answered with <see cref="LogPage"/>.</summary>
public sealed record QueryLogs
{
    public required string Grid { get; init; }
    public string? Stack { get; init; }
    public string? Service { get; init; }
    public int? Instance { get; init; }
    public string? ContainerName { get; init; }
    public string? Node { get; init; }

    /// <summary>Any of these services, <c>stack/service</c> each. Null: no filter; empty: nothing matches. At most 100, as the two below.</summary>
    public IReadOnlyList<string>? AnyService { get; init; }

    /// <summary>Any of these container names.</summary>
    public IReadOnlyList<string>? AnyContainer { get; init; }

    /// <summary>Any of these nodes.</summary>
    public IReadOnlyList<string>? AnyNode { get; init; }

    /// <summary>Only lines written later than this.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Only lines after this id, oldest first. Without it: the newest <see cref="Limit"/> lines, given oldest first.</summary>
    public string? After { get; init; }

    /// <summary>1 to 10,000.</summary>
    public int Limit { get; init; } = 100;

    /// <summary>Words, phrases and NOT; null for no text filter.</summary>
    public string? Text { get; init; }
}

public sealed record LogPage
{
    public required IReadOnlyList<LogLine> Lines { get; init; }

    /// <summary>Why the query could not be answered; null when it was.</summary>
    public string? Error { get; init; }
}
