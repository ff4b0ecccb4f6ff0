using System.Text;
using System.Text.Json;

namespace Kontena.Api.Exec;

/// <summary>What a client may send in an exec session (rest-api.md §13.7).</summary>
internal abstract record ExecFrame
{
    private ExecFrame()
    {
    }

    public sealed record Command(IReadOnlyList<string> Cmd) : ExecFrame;

    /// <param name="Bytes">Null: the end of the input.</param>
    public sealed record Stdin(byte[]? Bytes) : ExecFrame;

    public sealed record Size(int Width, int Height) : ExecFrame;

    public sealed record Wrong(string Reason) : ExecFrame;

    private const int LargestSide = 10_000;

    public static ExecFrame Parse(ReadOnlyMemory<byte> message)
    {
        try
        {
            using var document = JsonDocument.Parse(message, new JsonDocumentOptions { MaxDepth = 8 });
            return Parse(document.RootElement);
        }
        // Half surrogate pairs pass the parser and fail when the text is read.
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return new Wrong("ParseError: the frame is not JSON");
        }
    }

    private static ExecFrame Parse(JsonElement frame)
    {
        if (frame.ValueKind != JsonValueKind.Object)
            return new Wrong("TypeError: a frame is an object");
        if (frame.TryGetProperty("cmd", out var cmd))
            return ParseCommand(cmd);
        if (frame.TryGetProperty("stdin", out var stdin))
        {
            return stdin.ValueKind switch
            {
                JsonValueKind.Null => new Stdin(null),
                JsonValueKind.String => new Stdin(Encoding.UTF8.GetBytes(stdin.GetString()!)),
                _ => new Wrong("TypeError: stdin is a text or null"),
            };
        }

        if (frame.TryGetProperty("tty_size", out var size))
        {
            return size.ValueKind == JsonValueKind.Object && SideOf(size, "width") is { } width && SideOf(size, "height") is { } height
                ? new Size(width, height)
                : new Wrong($"TypeError: tty_size is a width and a height of 0 to {LargestSide}");
        }

        return new Wrong("ArgumentError: a frame has cmd, stdin or tty_size");
    }

    private static ExecFrame ParseCommand(JsonElement cmd) =>
        cmd.ValueKind == JsonValueKind.Array && cmd.GetArrayLength() is > 0 and <= 4096
        && cmd.EnumerateArray().All(word => word.ValueKind == JsonValueKind.String)
            ? new Command([.. cmd.EnumerateArray().Select(word => word.GetString()!)])
            : new Wrong("TypeError: cmd is a list of one or more texts");

    private static int? SideOf(JsonElement size, string name) =>
        size.TryGetProperty(name, out var side) && side.ValueKind == JsonValueKind.Number && side.TryGetInt32(out var number)
        && number is >= 0 and <= LargestSide
            ? number
            : null;
}
