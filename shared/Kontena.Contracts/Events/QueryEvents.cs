namespace Kontena.Contracts.Events;

/// <summary>Question to the event log; every filter that is set must match. Answered with <see cref="EventPage"/>.</summary>
public sealed record QueryEvents
{
    public required string Grid { get; init; }
    public string? Stack { get; init; }
    public string? Service { get; init; }

    /// <summary>Any of these nodes. Null: no filter; empty: nothing matches. At most 100, as the two below.</summary>
    public IReadOnlyList<string>? AnyNode { get; init; }

    /// <summary>Any of these stacks.</summary>
    public IReadOnlyList<string>? AnyStack { get; init; }

    /// <summary>Any of these services, <c>stack/service</c> each.</summary>
    public IReadOnlyList<string>? AnyService { get; init; }

    /// <summary>Only what happened later than this.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Only events after this id, oldest first. Without it: the newest <see cref="Limit"/>, given oldest first.</summary>
    public string? After { get; init; }

    /// <summary>1 to 10,000.</summary>
    public int Limit { get; init; } = 100;
}

public sealed record EventPage
{
    public required IReadOnlyList<LoggedEvent> Events { get; init; }

    /// <summary>Why the question could not be answered; null when it was.</summary>
    public string? Error { get; init; }
}

/// <summary>An event with its place in the log.</summary>
public sealed record LoggedEvent
{
    /// <summary>24 hex digits that grow in the order of arrival; another than the event's own.</summary>
    public required string Id { get; init; }
    public required DateTimeOffset At { get; init; }
    public required GridEvent Event { get; init; }
}
