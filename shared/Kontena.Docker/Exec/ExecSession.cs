using System.Net.Sockets;
using System.Runtime.CompilerServices;
using Kontena.Docker.Transport;
using Kontena.Docker.Wire;

namespace Kontena.Docker.Exec;

/// <summary>One process in a container, over a connection of its own. Write from one place, read from one place.</summary>
internal sealed class ExecSession : IExecSession
{
    private readonly EngineTransport _transport;
    private readonly HijackedConnection _connection;
    private readonly string _id;
    private readonly bool _tty;
    private bool _inputClosed;

    private ExecSession(EngineTransport transport, HijackedConnection connection, string id, bool tty) =>
        (_transport, _connection, _id, _tty) = (transport, connection, id, tty);

    public static async Task<ExecSession> StartAsync(EngineTransport transport, string id, bool tty, CancellationToken cancellationToken)
    {
        var call = EngineCall.Post($"/exec/{EnginePath.Segment(id)}/start", new WireStartExec(Detach: false, tty), EngineJson.Default.WireStartExec);
        return new ExecSession(transport, await HijackedConnection.OpenAsync(transport, call, cancellationToken), id, tty);
    }

    public async IAsyncEnumerable<ExecChunk> OutputAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var piece in StreamFrames.ReadAsync(_connection.Stream, raw: _tty, cancellationToken))
            yield return new ExecChunk(piece.Stream, piece.Bytes.ToArray());
    }

    public Task WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => _connection.Stream.WriteAsync(bytes, cancellationToken);

    public async Task CloseInputAsync(CancellationToken cancellationToken)
    {
        if (_inputClosed) return;
        _inputClosed = true;
        try
        {
            await _connection.EndOutputAsync(cancellationToken);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
        {
            // The process is gone and its end of the connection with it: it reads nothing any more.
        }
    }

    public Task ResizeAsync(int width, int height, CancellationToken cancellationToken) =>
        _transport.DoAsync(EngineCall.Post($"/exec/{EnginePath.Segment(_id)}/resize?w={width}&h={height}"), cancellationToken);

    public async Task<int> ExitCodeAsync(CancellationToken cancellationToken)
    {
        // The streams may end a moment before the engine has noted the exit code.
        const int Looks = 200;
        var call = EngineCall.Get($"/exec/{EnginePath.Segment(_id)}/json");
        for (var look = 0; look < Looks; look++)
        {
            var exec = await _transport.ReadAsync(call, EngineJson.Default.WireExec, cancellationToken);
            if (exec is { Running: false, ExitCode: { } code }) return code;
            await Task.Delay(TimeSpan.FromMilliseconds(Math.Min(10 * (look + 1), 100)), _transport.Time, cancellationToken);
        }

        throw new EngineException(504, "The process in the container had closed its output and was still running 20 s later: no exit code.");
    }

    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
