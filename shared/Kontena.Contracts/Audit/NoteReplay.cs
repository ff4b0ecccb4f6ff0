namespace Kontena.Contracts.Audit;

/// <summary>To grid-manager: somebody is about to send dead letters on their way again. Answered with a <c>CommandResult</c> once that is written down; without the answer they stay.</summary>
public sealed record NoteReplay
{
    /// <summary>The queue they are in.</summary>
    public required string Queue { get; init; }
}
