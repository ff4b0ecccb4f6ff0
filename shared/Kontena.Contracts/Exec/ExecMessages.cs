namespace Kontena.Contracts.Exec;

/// <summary>Order on the node's exec queue: prepare a session. Output goes to <see cref="ReplyTo"/>.</summary>
public sealed record OpenExec
{
    /// <summary>24 hex digits, chosen by the api.</summary>
    public required string SessionId { get; init; }
    public required string ContainerId { get; init; }

    /// <summary>A queue from <see cref="Messaging.Queues.ApiExec"/>.</summary>
    public required string ReplyTo { get; init; }
    public required IReadOnlyList<string> Cmd { get; init; }
    public bool Tty { get; init; }
    public bool Interactive { get; init; }
}

/// <summary>Input of a session. Exactly one of the optional fields is set; <see cref="Sequence"/> counts from 1 without gaps.</summary>
public sealed record ExecInput
{
    public required string SessionId { get; init; }
    public required long Sequence { get; init; }
    public byte[]? Stdin { get; init; }
    public bool EndOfInput { get; init; }
    public int? Width { get; init; }
    public int? Height { get; init; }

    /// <summary>The client is gone: end the process.</summary>
    public bool Close { get; init; }
}

/// <summary>Output of a session. <see cref="Sequence"/> counts from 1 without gaps; the last one has <see cref="ExitCode"/> or <see cref="Error"/>.</summary>
public sealed record ExecOutput
{
    public required string SessionId { get; init; }
    public required long Sequence { get; init; }

    /// <summary><c>stdout</c> or <c>stderr</c>.</summary>
    public string? Stream { get; init; }
    public byte[]? Chunk { get; init; }
    public int? ExitCode { get; init; }
    public string? Error { get; init; }
}
