using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Text;

namespace Kontena.Docker.Transport;

/// <summary>Some bytes a container wrote. They lie in the reader's buffer until the next piece is asked for.</summary>
/// <param name="StartsFrame">The first piece of a frame, which is one write of the process or one log message.</param>
internal readonly record struct StreamPiece(string Stream, ReadOnlyMemory<byte> Bytes, bool StartsFrame);

/// <summary>
/// Takes apart the output of a container without a terminal: before each piece stand eight bytes, which stream it is and how
/// long (big endian). With a terminal there is one stream and no frames.
/// </summary>
internal static class StreamFrames
{
    public const string Stdout = "stdout";
    public const string Stderr = "stderr";

    private const int HeaderLength = 8;
    private const int BufferSize = 8 * 1024; // per followed container, most of which are silent

    public static async IAsyncEnumerable<StreamPiece> ReadAsync(
        EngineStream stream, bool raw, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var buffer = new byte[BufferSize];
        var header = new byte[HeaderLength];
        var headerRead = 0;
        var left = 0L; // A frame may claim 4 GiB: it is passed on as it comes and never held.
        var name = Stdout;
        var starts = false;

        while (await stream.ReadAsync(buffer, silence: null, cancellationToken) is > 0 and var read)
        {
            if (raw)
            {
                yield return new StreamPiece(Stdout, buffer.AsMemory(0, read), StartsFrame: false);
                continue;
            }

            for (var at = 0; at < read;)
            {
                if (left == 0)
                {
                    var wanted = Math.Min(HeaderLength - headerRead, read - at);
                    buffer.AsSpan(at, wanted).CopyTo(header.AsSpan(headerRead));
                    at += wanted;
                    headerRead += wanted;
                    if (headerRead < HeaderLength) break;
                    (headerRead, starts) = (0, true);
                    left = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(4));
                    name = Name(header, stream);
                    continue;
                }

                var length = (int)Math.Min(left, read - at);
                var piece = buffer.AsMemory(at, length);
                if (name == EngineError)
                    throw new EngineException(500, Encoding.UTF8.GetString(piece.Span[..Math.Min(length, 1000)]).Trim());
                yield return new StreamPiece(name, piece, starts);
                (starts, at, left) = (false, at + length, left - length);
            }
        }

        if ((headerRead > 0 || left > 0) && !stream.Disposed) throw stream.Broken();
    }

    private const string EngineError = "engine";

    private static string Name(ReadOnlySpan<byte> header, EngineStream stream) => (header[0], header[1] | header[2] | header[3]) switch
    {
        (0 or 1, 0) => Stdout, // 0 is what a process reads; engines send it as output too
        (2, 0) => Stderr,
        (3, 0) => EngineError,
        _ => throw new EngineException(502, $"The engine's answer to {stream.Call} is not made of stream frames."),
    };
}
