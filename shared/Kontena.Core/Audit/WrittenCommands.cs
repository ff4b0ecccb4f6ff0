using Kontena.Contracts.Audit;

namespace Kontena.Core.Audit;

/// <summary>Which commands the head of a chain knows as written down. Whether a commit went through can be unknown; the command is tried again then, and known by the id of its message.</summary>
public static class WrittenCommands
{
    /// <summary>Remembered of each outcome: as many as two processes work on at once.</summary>
    public const int Most = 32;

    /// <remarks>What was carried out may be refused the second time, for what it has made itself. What was refused may be carried out the second time: that is written down.</remarks>
    /// <param name="head">Null: nothing is written down yet.</param>
    /// <param name="message">Null: it has no id, and nobody knows it again.</param>
    /// <param name="outcome">What would be written of it.</param>
    public static bool Has(AuditHead? head, string? message, AuditOutcome outcome) =>
        head is not null && message is not null
        && (head.CarriedOut.Contains(message) || (outcome == AuditOutcome.Refused && head.Refused.Contains(message)));

    /// <summary>The head once a record of this message is added.</summary>
    public static AuditHead Remember(AuditHead head, string? message, AuditOutcome outcome) =>
        message is null ? head
        : outcome == AuditOutcome.Refused ? head with { Refused = Add(head.Refused, message) }
        : head with { CarriedOut = Add(head.CarriedOut, message) };

    private static IReadOnlyList<string> Add(IReadOnlyList<string> known, string message) =>
        known.Contains(message) ? known : [.. known.TakeLast(Most - 1), message];
}
