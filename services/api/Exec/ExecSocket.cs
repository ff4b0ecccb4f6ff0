using System.Buffers;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Kontena.Contracts.Http;

namespace Kontena.Api.Exec;

/// <summary>Carries one session between a websocket and the bus (rest-api.md §13.7). One loop reads frames, one writes events; the writer has the last word.</summary>
internal sealed class ExecSocket(WebSocket socket, ExecSession session, ExecTarget target, ExecTargets targets, TimeProvider time)
{
    private const int LargestFrame = 1024 * 1024;
    private const int ClosedByError = 4000;
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(5);

    private readonly Decoder _stdout = Encoding.UTF8.GetDecoder();
    private readonly Decoder _stderr = Encoding.UTF8.GetDecoder();

    /// <summary>Runs beside the session, and ends it when whoever opened it may not have it any more.</summary>
    public required Func<CancellationToken, Task> Standing { get; init; }

    public bool Interactive { get; init; }

    public bool Tty { get; init; }

    /// <summary>Run the command's words, joined, through the container's shell.</summary>
    public bool Shell { get; init; }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reading = ReadFramesAsync(ended.Token);
        var watching = Task.WhenAll(targets.WatchAsync(target, session, ended.Token), Standing(ended.Token));
        ExecEvent? last = null;
        try
        {
            last = await WriteEventsAsync(cancellationToken);
        }
        finally
        {
            if (last is not ExecEvent.Exited)
                await TryEndProcessAsync();
            if (last is not null)
                await CloseAsync(last, reading);
            await ended.CancelAsync();
            await Quietly(reading);
            await Quietly(watching);
        }
    }

    private async Task<ExecEvent> WriteEventsAsync(CancellationToken cancellationToken)
    {
        await foreach (var next in session.ReadAsync(cancellationToken))
        {
            switch (next)
            {
                case ExecEvent.Output output:
                    var text = Decode(output.Stream == "stderr" ? _stderr : _stdout, output.Chunk);
                    if (text.Length > 0)
                        await SendAsync(new ExecFrameJson { Stream = output.Stream, Chunk = text }, cancellationToken);
                    break;
                case ExecEvent.Exited exited:
                    await SendAsync(new ExecFrameJson { Exit = exited.Code }, cancellationToken);
                    return next;
                case ExecEvent.Failed failed:
                    await SendAsync(new ExecFrameJson { Error = failed.Reason }, cancellationToken);
                    return next;
                default:
                    return next;
            }
        }

        return new ExecEvent.ClientLeft();
    }

    private async Task ReadFramesAsync(CancellationToken cancellationToken)
    {
        var started = false;
        try
        {
            while (await ReceiveAsync(cancellationToken) is { } message)
            {
                if (session.HasEnded)
                    continue;
                switch (ExecFrame.Parse(message))
                {
                    case ExecFrame.Wrong wrong:
                        session.End(new ExecEvent.Violated(wrong.Reason));
                        return;
                    case ExecFrame.Command when started:
                        session.End(new ExecEvent.Violated("ArgumentError: the command is already running"));
                        return;
                    case ExecFrame.Command command:
                        started = true;
                        await target.StartAsync(
                            Shell ? ["/bin/sh", "-c", string.Join(' ', command.Cmd)] : command.Cmd, Tty, Interactive, cancellationToken);
                        break;
                    case var frame when !started || (frame is ExecFrame.Stdin && !Interactive) || (frame is ExecFrame.Size && !Tty):
                        session.End(new ExecEvent.Violated(started
                            ? "ArgumentError: input needs interactive=true, a size needs tty=true"
                            : "ArgumentError: the first frame has cmd"));
                        return;
                    case ExecFrame.Stdin { Bytes: { } bytes }:
                        await target.WriteAsync(bytes, cancellationToken);
                        break;
                    case ExecFrame.Stdin:
                        await target.EndInputAsync(cancellationToken);
                        break;
                    case ExecFrame.Size size:
                        await target.ResizeAsync(size.Width, size.Height, cancellationToken);
                        break;
                }
            }

            session.End(new ExecEvent.ClientLeft());
        }
        catch (WebSocketException)
        {
            session.End(new ExecEvent.ClientLeft());
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            session.End(new ExecEvent.Failed($"the message broker can't be reached: {exception.Message}"));
        }
    }

    /// <summary>One whole message; null when the client closes.</summary>
    private async Task<ReadOnlyMemory<byte>?> ReceiveAsync(CancellationToken cancellationToken)
    {
        var message = new ArrayBufferWriter<byte>(4096);
        while (true)
        {
            var received = await socket.ReceiveAsync(message.GetMemory(4096), cancellationToken);
            if (received.MessageType == WebSocketMessageType.Close)
                return null;
            message.Advance(received.Count);
            if (message.WrittenCount > LargestFrame)
            {
                session.End(new ExecEvent.Violated("ArgumentError: a frame is over 1 MB"));
                return null;
            }

            if (received.EndOfMessage)
                return message.WrittenMemory;
        }
    }

    private ValueTask SendAsync(ExecFrameJson frame, CancellationToken cancellationToken) =>
        socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(frame, KontenaResponseJson.Wire.ExecFrameJson).AsMemory(),
            WebSocketMessageType.Text, endOfMessage: true, cancellationToken);

    /// <summary>Says why, and waits for the client's own close: to hang up at once could throw away the last frames on their way.</summary>
    private async Task CloseAsync(ExecEvent last, Task reading)
    {
        var (status, reason) = last switch
        {
            ExecEvent.Failed failed => ((WebSocketCloseStatus)ClosedByError, failed.Reason),
            ExecEvent.Violated violated => ((WebSocketCloseStatus)ClosedByError, violated.Reason),
            _ => (WebSocketCloseStatus.NormalClosure, ""),
        };
        using var deadline = new CancellationTokenSource(CloseTimeout, time);
        try
        {
            await socket.CloseOutputAsync(status, FitClose(reason), deadline.Token);
            await reading.WaitAsync(deadline.Token);
            while (socket.State == WebSocketState.CloseSent)
                await ReceiveAsync(deadline.Token);
        }
        catch (Exception exception) when (exception is WebSocketException or OperationCanceledException or InvalidOperationException)
        {
            socket.Abort();
        }
    }

    private async Task TryEndProcessAsync()
    {
        using var deadline = new CancellationTokenSource(CloseTimeout, time);
        try
        {
            await target.CloseAsync(deadline.Token);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            // Its node ends the process when it notices; nobody is left here to be told.
        }
    }

    private static string Decode(Decoder decoder, byte[] bytes)
    {
        var characters = new char[decoder.GetCharCount(bytes, flush: false)];
        decoder.GetChars(bytes, characters, flush: false);
        return new string(characters);
    }

    /// <summary>A close frame takes 123 bytes of reason.</summary>
    private static string FitClose(string reason)
    {
        while (Encoding.UTF8.GetByteCount(reason) > 123)
            reason = reason[..^1];
        return reason;
    }

    private static async Task Quietly(Task task)
    {
        try
        {
            await task;
        }
        catch (Exception exception) when (exception is OperationCanceledException or WebSocketException)
        {
        }
    }
}
