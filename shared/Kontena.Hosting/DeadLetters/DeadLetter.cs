namespace Kontena.Hosting.DeadLetters;

/// <summary>Messages of one queue that could not be worked off.</summary>
public sealed record DeadLetterQueue
{
    /// <summary><c>&lt;queue&gt;_error</c>: its consumer failed. <c>&lt;queue&gt;_skipped</c>: no consumer of that queue takes its type.</summary>
    public required string Name { get; init; }

    /// <summary>The queue they came from and go back to.</summary>
    public required string Origin { get; init; }
    public required int Count { get; init; }

    /// <summary>The oldest ones, at most as many as were asked for.</summary>
    public required IReadOnlyList<DeadLetter> Letters { get; init; }
}

/// <summary>One message that could not be worked off. Its body is not shown: it may hold tokens or secrets.</summary>
public sealed record DeadLetter
{
    public required string MessageId { get; init; }

    /// <summary>Name of the message's type without its namespace.</summary>
    public required string Type { get; init; }

    /// <summary>What the consumer said when it failed.</summary>
    public required string Reason { get; init; }

    /// <summary>When it failed; null when nobody wrote it down.</summary>
    public DateTimeOffset? At { get; init; }
}

/// <summary>What a replay did. When <see cref="Error"/> is set it ended early; messages not replayed are where they were.</summary>
public sealed record ReplayResult
{
    public required string Queue { get; init; }
    public required int Replayed { get; init; }
    public required int Left { get; init; }
    public string? Error { get; init; }
}
