namespace Kontena.Contracts.Audit;

/// <summary>To grid-manager: somebody is about to run a command in a container. Answered with a <c>CommandResult</c> once that is written down; without the answer the command is not run.</summary>
/// <remarks>Not what is run: that may have secrets in it.</remarks>
public sealed record NoteExec
{
    public required string Grid { get; init; }

    public required string Node { get; init; }

    /// <summary>The container's name.</summary>
    public required string Container { get; init; }

    /// <summary>Somebody's terminal, or what they write, goes to it.</summary>
    public bool Interactive { get; init; }
}
