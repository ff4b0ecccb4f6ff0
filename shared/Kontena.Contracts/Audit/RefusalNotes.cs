using Kontena.Contracts.Identity;

namespace Kontena.Contracts.Audit;

/// <summary>From an api to grid-manager, once a minute at most: whom it has let nothing do. Answered with <see cref="Commands.CommandResult"/> once it is written down.</summary>
public sealed record NoteRefusals
{
    public required IReadOnlyList<RefusedAccess> Refused { get; init; }

    /// <summary>Requests that were refused beyond those: of more callers than are told apart.</summary>
    public long Beyond { get; init; }
}

/// <summary>Requests of one caller that were refused for one reason.</summary>
public sealed record RefusedAccess
{
    /// <summary>Id and name <c>unknown</c> for whoever showed no token that is good.</summary>
    public required Caller Caller { get; init; }

    /// <summary>What the caller would have had to be, in a word.</summary>
    public required string Need { get; init; }

    /// <summary>Verb and path of the first of them, as the route spells it.</summary>
    public required string Path { get; init; }

    /// <summary>Null for what belongs to none, and for whoever has no business to know which there are.</summary>
    public string? Grid { get; init; }

    /// <summary>As it was answered: 401, 403, or what the operation says to whose role does not suffice.</summary>
    public required int Status { get; init; }

    public required long Count { get; init; }
}
