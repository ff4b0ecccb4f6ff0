namespace Kontena.Contracts.Exec;

/// <summary>Question on the node's exec queue about the container of an instance (rest-api.md §13.4–13.5). Answered with one <see cref="ContainerAnswer"/> to <see cref="ReplyTo"/>.</summary>
public sealed record AskContainer
{
    /// <summary>24 hex digits, chosen by the api.</summary>
    public required string QuestionId { get; init; }
    public required string ContainerId { get; init; }

    /// <summary>A queue from <see cref="Messaging.Queues.ApiExec"/>.</summary>
    public required string ReplyTo { get; init; }
    public required ContainerQuestion Question { get; init; }
}

public enum ContainerQuestion
{
    /// <summary>What the engine says of it: an object as the engine writes it, where values of the environment that are not the service's, the image's or the platform's
    /// own are masked.</summary>
    Inspect,

    /// <summary>Its processes: an array with an object for each, whose keys are the engine's column titles.</summary>
    Top,
}

/// <summary>The answer to <see cref="AskContainer"/>. Exactly one of <see cref="Json"/>, <see cref="Error"/> and <see cref="IsMissing"/> is set.</summary>
public sealed record ContainerAnswer
{
    /// <summary>In characters.</summary>
    public const int LongestJson = 1024 * 1024;

    public required string QuestionId { get; init; }

    /// <summary>An object or an array, at most <see cref="LongestJson"/>.</summary>
    public string? Json { get; init; }

    /// <summary>Why there is no answer, a sentence for people.</summary>
    public string? Error { get; init; }

    /// <summary>The node has no such container, or it is not an instance's.</summary>
    public bool IsMissing { get; init; }
}
