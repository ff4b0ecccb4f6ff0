using System.Text.Json.Serialization;

namespace Kontena.Contracts.Http;

/// <summary>A text frame from the server on an exec websocket (rest-api.md §13.7): output, or the end. Only what is set is written.</summary>
public sealed record ExecFrameJson
{
    /// <summary><c>stdout</c> or <c>stderr</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Stream { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Chunk { get; init; }

    /// <summary>The process's exit code; the server closes next.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Exit { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Error { get; init; }
}

/// <summary>A client's first frame. Later frames are <c>{"stdin": text or null}</c> and <c>{"tty_size": {…}}</c>.</summary>
public sealed record ExecCommandFrameJson(IReadOnlyList<string> Cmd);

/// <param name="Stdin">Null ends the input; always written.</param>
public sealed record ExecStdinFrameJson(string? Stdin);

public sealed record ExecTtySizeFrameJson(TtySizeJson TtySize);

public sealed record TtySizeJson(int Width, int Height);
