using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Kontena.Cli.Api;

/// <summary>Reads JSON objects that follow each other without separators; an object may be split anywhere (cli.md §16).</summary>
internal static class JsonStream
{
    // One object larger than this is not a log line but a fault.
    private const int MaxObject = 4 << 20;

    /// <param name="idle">Called before each wait for more bytes; the token it returns ends the wait.</param>
    public static async IAsyncEnumerable<T> ReadAsync<T>(
        Stream stream, JsonTypeInfo<T> type, Func<CancellationToken> idle, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var buffer = new byte[16 * 1024];
        var filled = 0;
        while (!cancellationToken.IsCancellationRequested)
        {
            var items = new List<T>();
            var consumed = Take(buffer.AsSpan(0, filled), type, items);
            foreach (var item in items) yield return item;
            buffer.AsSpan(consumed, filled - consumed).CopyTo(buffer);
            filled -= consumed;
            if (filled == buffer.Length)
            {
                if (buffer.Length >= MaxObject) throw new InvalidDataException($"an object of more than {MaxObject >> 20} MiB in the stream");
                Array.Resize(ref buffer, buffer.Length * 2);
            }

            var read = await stream.ReadAsync(buffer.AsMemory(filled), idle());
            if (read == 0) yield break;
            filled += read;
        }
    }

    /// <summary>Adds every complete object at the start of the bytes; returns how many bytes they took.</summary>
    internal static int Take<T>(ReadOnlySpan<byte> bytes, JsonTypeInfo<T> type, List<T> items)
    {
        var reader = new Utf8JsonReader(bytes, isFinalBlock: false, new JsonReaderState(new JsonReaderOptions { AllowMultipleValues = true }));
        var consumed = 0;
        while (true)
        {
            if (!reader.Read()) return consumed;
            var start = (int)reader.TokenStartIndex;
            if (!reader.TrySkip()) return consumed;
            consumed = (int)reader.BytesConsumed;
            if (JsonSerializer.Deserialize(bytes[start..consumed], type) is { } item) items.Add(item);
        }
    }

}
