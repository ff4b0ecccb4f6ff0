using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Kontena.Docker.Transport;

/// <summary>Streams of JSON objects, one a line, whatever the pieces they arrive in.</summary>
internal static class JsonLines
{
    /// <summary>The engine's lines are some hundred bytes; a build step's output can be longer.</summary>
    public const int MaxLine = 1024 * 1024;

    /// <param name="silence">Longest wait for more; null for a stream that may be quiet for ever.</param>
    public static async IAsyncEnumerable<T> ReadAsync<T>(
        EngineStream stream, JsonTypeInfo<T> type, string call, TimeSpan? silence, [EnumeratorCancellation] CancellationToken cancellationToken)
        where T : class
    {
        var buffer = new byte[16 * 1024];
        var (start, end) = (0, 0);
        while (true)
        {
            var newline = buffer.AsSpan(start, end - start).IndexOf((byte)'\n');
            if (newline >= 0)
            {
                var value = Parse(buffer.AsSpan(start, newline), type, call);
                start += newline + 1;
                if (value is not null) yield return value;
                continue;
            }

            if (start > 0)
            {
                buffer.AsSpan(start, end - start).CopyTo(buffer);
                (start, end) = (0, end - start);
            }

            if (end == buffer.Length)
            {
                if (buffer.Length >= MaxLine)
                    throw new EngineException(502, $"The engine's answer to {call} has a line over the limit of {MaxLine / 1024} KiB.");
                Array.Resize(ref buffer, Math.Min(MaxLine, buffer.Length * 2));
            }

            var read = await stream.ReadAsync(buffer.AsMemory(end), silence, cancellationToken);
            if (read == 0) break;
            end += read;
        }

        if (Parse(buffer.AsSpan(start, end - start), type, call) is { } last) yield return last;
    }

    private static T? Parse<T>(ReadOnlySpan<byte> line, JsonTypeInfo<T> type, string call) where T : class
    {
        line = line.Trim("\r\n\t "u8);
        if (line.IsEmpty) return null;
        try
        {
            return JsonSerializer.Deserialize(line, type);
        }
        catch (JsonException e)
        {
            throw new EngineException(502, $"The engine's answer to {call} has a line that could not be read: {e.Message}");
        }
    }
}
