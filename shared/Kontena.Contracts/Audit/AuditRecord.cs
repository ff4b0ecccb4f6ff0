using Kontena.Contracts.Identity;

namespace Kontena.Contracts.Audit;

/// <summary>One line of the audit log: who asked for what, and what became of it (rest-api.md §8). Written in the commit that carries it out, never changed, and chained to the record before.</summary>
public sealed record AuditRecord
{
    /// <summary>The chain before its first record.</summary>
    public const string Genesis = "0000000000000000000000000000000000000000000000000000000000000000";

    /// <summary>The service that carried it out; each writes a chain of its own in each partition.</summary>
    public required string Writer { get; init; }

    /// <summary>From 1, without gaps within a chain.</summary>
    public required long Sequence { get; init; }

    /// <summary><see cref="Hash"/> of the record before; <see cref="Genesis"/> for the first.</summary>
    public required string Previous { get; init; }

    /// <summary>SHA-256 of everything else here, 64 hex digits.</summary>
    public required string Hash { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>Null for what belongs to no grid.</summary>
    public string? Grid { get; init; }

    /// <summary>In the original's words: <c>Grid</c>, <c>HostNode</c>, <c>GridService</c>, … (rest-api.md §22.1).</summary>
    public required string ResourceType { get; init; }

    public string? ResourceName { get; init; }

    /// <summary>The thing's id where it has one, else its path.</summary>
    public required string ResourceId { get; init; }

    /// <summary><c>create</c>, <c>update</c>, <c>delete</c>, … (rest-api.md §22.1).</summary>
    public required string Event { get; init; }

    public required AuditOutcome Outcome { get; init; }

    /// <summary>Why it was refused, at most 500 characters; null when it was carried out.</summary>
    public string? Reason { get; init; }

    public required Caller Caller { get; init; }

    /// <summary>Type of the command that asked for it.</summary>
    public required string Command { get; init; }

    /// <summary>What was asked for, as far as it is listed for its command: never a token, an environment or the value of a secret.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get => field ?? new Dictionary<string, string>(); init; } = new Dictionary<string, string>();

    /// <summary>Sorts by sequence.</summary>
    public static string DocumentId(string writer, long sequence) => $"{writer}/{sequence:D12}";
}

public enum AuditOutcome
{
    Success,
    Refused,
}

/// <summary>Where a chain of records begins and ends now. Changed with every record, at the version it was read at: two writers can't continue a chain twice.</summary>
public sealed record AuditHead
{
    public required string Writer { get; init; }

    /// <summary>Of the newest record.</summary>
    public required long Sequence { get; init; }

    /// <summary>Of the newest record.</summary>
    public required string Hash { get; init; }

    /// <summary>Sequence of the oldest record that is kept.</summary>
    public required long First { get; init; }

    /// <summary>Hash of the record before <see cref="First"/>, which was let go: what is left can still be verified.</summary>
    public required string Anchor { get; init; }

    /// <summary>Ids of the messages with the newest commands that were carried out: one that is tried again is not written down twice.</summary>
    public IReadOnlyList<string> CarriedOut { get => field ?? []; init; } = [];

    /// <summary>The same of those that were refused.</summary>
    public IReadOnlyList<string> Refused { get => field ?? []; init; } = [];
}
