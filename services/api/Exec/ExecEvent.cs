namespace Kontena.Api.Exec;

/// <summary>What can come out of a session. The last one is never <see cref="Output"/>.</summary>
internal abstract record ExecEvent
{
    private ExecEvent()
    {
    }

    /// <param name="Stream"><c>stdout</c> or <c>stderr</c>.</param>
    /// <param name="Chunk">As the process wrote it; may end inside a character.</param>
    public sealed record Output(string Stream, byte[] Chunk) : ExecEvent;

    public sealed record Exited(int Code) : ExecEvent;

    /// <summary>The process could not be started, or nothing more can be known of it.</summary>
    public sealed record Failed(string Reason) : ExecEvent;

    /// <summary>The client sent what it may not.</summary>
    public sealed record Violated(string Reason) : ExecEvent;

    public sealed record ClientLeft : ExecEvent;
}
