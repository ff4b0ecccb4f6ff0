namespace Kontena.Contracts.Audit;

/// <summary>To grid-manager: somebody is about to be shown the token of a node. Answered with a <c>CommandResult</c> once that is written down; without the answer it is not shown.</summary>
public sealed record NoteTokenShown
{
    public required string Grid { get; init; }

    /// <summary>The node's name.</summary>
    public required string Node { get; init; }
}
