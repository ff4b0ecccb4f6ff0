using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Kontena.Docker.Tests.Wire;

/// <summary>A request as it came over the wire.</summary>
internal sealed record WireRequest(string Method, string Path, IReadOnlyDictionary<string, string> Headers, string Body)
{
    /// <summary>The path without <c>/v1.xx</c> and query.</summary>
    public string Call => Path.Split('?')[0] is var path && path.StartsWith("/v1.", StringComparison.Ordinal) ? path[path.IndexOf('/', 1)..] : path;
}

/// <summary>What is answered, byte for byte, in these pieces. After them the connection is kept, closed, or left hanging.</summary>
internal sealed record WireAnswer(IReadOnlyList<byte[]> Pieces, bool Close = false, bool Hang = false)
{
    public static WireAnswer Json(string body, int status = 200) => Raw(Head(status, "application/json", body.Length) + body);

    public static WireAnswer Status(int status) => Raw($"HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n");

    /// <summary>Chunked, a chunk per piece.</summary>
    public static WireAnswer Chunks(params byte[][] chunks) => new(
        [
            Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
            .. chunks.Select(chunk => (byte[])[.. Encoding.ASCII.GetBytes($"{chunk.Length:x}\r\n"), .. chunk, .. "\r\n"u8]),
            Encoding.ASCII.GetBytes("0\r\n\r\n"),
        ]);

    public static WireAnswer Raw(string text, bool close = false) => new([Encoding.UTF8.GetBytes(text)], close);

    public static WireAnswer Never { get; } = new([], Hang: true);

    private static string Head(int status, string type, int length) => $"HTTP/1.1 {status} X\r\nContent-Type: {type}\r\nContent-Length: {length}\r\n\r\n";
}

/// <summary>An engine on a unix socket (or on a stream of the test's own) whose answers are written down beforehand.</summary>
internal sealed class WireServer : IAsyncDisposable
{
    private const string DefaultVersion = """{"Version":"99.0","ApiVersion":"1.45","MinAPIVersion":"1.24"}""";

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("kontena-wire-");
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly Func<WireRequest, WireAnswer?> _answer;
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentBag<Task> _connections = [];

    public WireServer(Func<WireRequest, WireAnswer?> answer)
    {
        _answer = answer;
        _listener.Bind(new UnixDomainSocketEndPoint(Path.Combine(_directory.FullName, "docker.sock")));
        _listener.Listen();
        _ = AcceptAsync();
    }

    public ConcurrentQueue<WireRequest> Requests { get; } = new();

    /// <summary>Bytes that came after the request on a hijacked connection.</summary>
    public TaskCompletionSource<byte[]> Input { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public EngineAddress Address => EngineAddress.Parse($"unix://{_directory.FullName}/docker.sock");

    public DockerEngineClient Client(TimeProvider? time = null) => new(Address, time ?? TimeProvider.System);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        _directory.Delete(recursive: true);
    }

    public async Task ServeAsync(Stream stream)
    {
        while (await ReadRequestAsync(stream) is { } request)
        {
            Requests.Enqueue(request);
            var answer = _answer(request) ?? (request.Path == "/version" ? WireAnswer.Json(DefaultVersion) : WireAnswer.Json("""{"message":"page not found"}""", 404));
            foreach (var piece in answer.Pieces)
            {
                await stream.WriteAsync(piece, _stop.Token);
                await stream.FlushAsync(_stop.Token);
                await Task.Yield();
            }

            if (request.Headers.ContainsKey("upgrade")) Input.TrySetResult(await ReadToEndAsync(stream));
            if (answer.Hang) await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, _stop.Token);
            if (answer.Close) return;
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptAsync(_stop.Token);
                _connections.Add(Task.Run(async () =>
                {
                    await using var stream = new NetworkStream(socket, ownsSocket: true);
                    try
                    {
                        await ServeAsync(stream);
                    }
                    catch (Exception e) when (e is IOException or OperationCanceledException)
                    {
                        // the client went away, or the test is over
                    }
                }));
            }
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // disposed
        }
    }

    private async Task<byte[]> ReadToEndAsync(Stream stream)
    {
        using var all = new MemoryStream();
        await stream.CopyToAsync(all, _stop.Token);
        return all.ToArray();
    }

    private async Task<WireRequest?> ReadRequestAsync(Stream stream)
    {
        var head = new StringBuilder();
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            var next = await ReadByteAsync(stream);
            if (next < 0) return null;
            head.Append((char)next);
        }

        var lines = head.ToString().Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        var headers = lines.Skip(1).ToDictionary(line => line[..line.IndexOf(':')].ToLowerInvariant(), line => line[(line.IndexOf(':') + 1)..].Trim());
        var body = new StringBuilder();
        if (headers.TryGetValue("content-length", out var length)) await ReadAsync(stream, int.Parse(length), body);
        else if (headers.GetValueOrDefault("transfer-encoding") == "chunked")
        {
            while (int.Parse(await ReadLineAsync(stream), NumberStyles.HexNumber) is > 0 and var size)
            {
                await ReadAsync(stream, size, body);
                await ReadLineAsync(stream);
            }

            await ReadLineAsync(stream);
        }

        var first = lines[0].Split(' ');
        return new WireRequest(first[0], first[1], headers, body.ToString());
    }

    private async Task<int> ReadByteAsync(Stream stream)
    {
        var one = new byte[1];
        return await stream.ReadAsync(one, _stop.Token) == 0 ? -1 : one[0];
    }

    private async Task<string> ReadLineAsync(Stream stream)
    {
        var line = new StringBuilder();
        while (await ReadByteAsync(stream) is >= 0 and not '\n' and var next) line.Append((char)next);
        return line.ToString().TrimEnd('\r');
    }

    private async Task ReadAsync(Stream stream, int length, StringBuilder into)
    {
        var buffer = new byte[length];
        await stream.ReadExactlyAsync(buffer, _stop.Token);
        into.Append(Encoding.Latin1.GetString(buffer));
    }
}
