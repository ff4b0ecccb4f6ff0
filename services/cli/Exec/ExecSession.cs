using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Kontena.Cli.Api;
using Kontena.Cli.Output;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Exec;

/// <summary>Runs one command in one container over a websocket (cli.md §17).</summary>
internal sealed class ExecSession(ApiClient api, ITerminal terminal, CliEnvironment environment)
{
    private const int InputChunk = 4096;

    // The server sends chunks of a few KiB; this is a bound, not an expectation.
    private const int MaxFrame = 4 << 20;

    /// <summary>The command's exit code.</summary>
    public async Task<int> RunAsync(ExecSpec spec, CancellationToken cancellationToken)
    {
        using var socket = await ConnectAsync(spec, cancellationToken);
        using var sending = new SemaphoreSlim(1, 1);
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await SendAsync(socket, sending, new ExecCommandFrameJson(spec.Command), KontenaResponseJson.Wire.ExecCommandFrameJson, ended.Token);

        using var raw = spec is { Tty: true, Interactive: true } ? terminal.RawMode() : null;
        using var resizing = spec.Tty ? terminal.OnResize(() => _ = SendSizeAsync(socket, sending, ended.Token)) : null;
        if (spec.Tty) await SendSizeAsync(socket, sending, ended.Token);
        if (spec.Interactive) _ = PumpInputAsync(socket, sending, ended.Token);
        try
        {
            return await ReceiveAsync(socket, ended.Token);
        }
        finally
        {
            // A read of the keyboard cannot be cancelled; the process ends and takes it along.
            await ended.CancelAsync();
        }
    }

    private async Task<ClientWebSocket> ConnectAsync(ExecSpec spec, CancellationToken cancellationToken)
    {
        var socket = new ClientWebSocket();
        try
        {
            var uri = api.WebSocketUri(spec.ToPath());
            socket.Options.CollectHttpResponseDetails = true;
            socket.Options.Proxy = null;
            socket.Options.KeepAliveInterval = TimeSpan.FromSeconds(30);
            socket.Options.KeepAliveTimeout = TimeSpan.FromSeconds(10);
            socket.Options.SetRequestHeader("User-Agent", $"kontena-cli/{CliVersion.Text}");
            if (api.Token is { } token) socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");
            if (uri.Scheme == "wss") socket.Options.RemoteCertificateValidationCallback = ServerTrust.For(uri.Host, environment);
            await socket.ConnectAsync(uri, cancellationToken);
            return socket;
        }
        catch (WebSocketException) when (socket.HttpStatusCode is not 0 and not HttpStatusCode.SwitchingProtocols)
        {
            var status = (int)socket.HttpStatusCode;
            socket.Dispose();
            throw new CliException(
                $"Error during WebSocket handshake: Unexpected response code: {status}",
                await WhyAsync(spec, status, cancellationToken),
                remedy: status switch
                {
                    404 => "There is no such container, or it does not run: kontena container ls",
                    401 or 403 => "Log in with a valid token: kontena master login --token TOKEN URL",
                    _ => null,
                });
        }
        catch (WebSocketException error)
        {
            socket.Dispose();
            throw api.Unreachable(error);
        }
    }

    // A websocket client does not hand out the body of a refusal; the same path without the upgrade is refused for the same reason.
    private async Task<IReadOnlyList<string>> WhyAsync(ExecSpec spec, int status, CancellationToken cancellationToken)
    {
        try
        {
            await api.GetAsync(spec.ToPath(), cancellationToken);
            return [];
        }
        catch (ApiException refusal)
        {
            return refusal.Status == status ? [$"\t{refusal.Message}", .. refusal.Details] : [];
        }
        catch (MasterAwayException)
        {
            return [];
        }
    }

    private async Task<int> ReceiveAsync(ClientWebSocket socket, CancellationToken cancellationToken)
    {
        while (true)
        {
            var (text, close) = await ReadFrameAsync(socket, cancellationToken);
            if (close is not null) throw new CliException($"The exec session ended without an exit code: {close}");
            var frame = ApiClient.Read("exec", text, KontenaResponseJson.Default.ExecFrameJson);
            if (frame.Chunk is { } chunk) terminal.WriteRaw(frame.Stream == "stderr", Encoding.UTF8.GetBytes(chunk));
            if (frame.Error is { } error) throw new CliException($"The command could not be run: {error}");
            if (frame.Exit is { } code) return code;
        }
    }

    private static async Task<(ReadOnlyMemory<byte> Text, string? Close)> ReadFrameAsync(ClientWebSocket socket, CancellationToken cancellationToken)
    {
        var buffer = new byte[16 * 1024];
        var filled = 0;
        try
        {
            while (true)
            {
                var part = await socket.ReceiveAsync(buffer.AsMemory(filled), cancellationToken);
                if (part.MessageType == WebSocketMessageType.Close)
                    return (default, $"{socket.CloseStatusDescription ?? "closed by the server"} ({(int?)socket.CloseStatus})");
                filled += part.Count;
                if (part.EndOfMessage) return (buffer.AsMemory(0, filled), null);
                if (filled == MaxFrame) return (default, $"a frame of more than {MaxFrame >> 20} MiB");
                if (filled == buffer.Length) Array.Resize(ref buffer, Math.Min(buffer.Length * 2, MaxFrame));
            }
        }
        catch (WebSocketException error)
        {
            return (default, error.Message);
        }
    }

    private async Task PumpInputAsync(ClientWebSocket socket, SemaphoreSlim sending, CancellationToken cancellationToken)
    {
        try
        {
            var input = terminal.OpenInput();
            var decoder = new TextDecoder();
            var buffer = new byte[InputChunk];
            while (true)
            {
                // Reads of a terminal block a thread whatever they are called.
                var count = await Task.Run(() => input.Read(buffer, 0, buffer.Length), cancellationToken);
                if (count == 0) break;
                if (decoder.Next(buffer.AsSpan(0, count)) is { Length: > 0 } text)
                    await SendAsync(socket, sending, new ExecStdinFrameJson(text), KontenaResponseJson.Wire.ExecStdinFrameJson, cancellationToken);
            }

            await SendAsync(socket, sending, new ExecStdinFrameJson(null), KontenaResponseJson.Wire.ExecStdinFrameJson, cancellationToken);
        }
        catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException or WebSocketException)
        {
            // The session is over; its end is reported by the receiving side.
        }
        catch (IOException)
        {
            // Standard input failed: the code the protocol has for it.
            if (socket.State == WebSocketState.Open)
                await socket.CloseOutputAsync(WebSocketCloseStatus.EndpointUnavailable, "stdin failed", CancellationToken.None);
        }
    }

    private async Task SendSizeAsync(ClientWebSocket socket, SemaphoreSlim sending, CancellationToken cancellationToken)
    {
        try
        {
            var (width, height) = terminal.Size;
            var frame = new ExecTtySizeFrameJson(new TtySizeJson(width, height));
            await SendAsync(socket, sending, frame, KontenaResponseJson.Wire.ExecTtySizeFrameJson, cancellationToken);
        }
        catch (Exception error) when (error is OperationCanceledException or ObjectDisposedException or WebSocketException)
        {
            // A window that is resized while the session ends.
        }
    }

    private static async Task SendAsync<T>(
        ClientWebSocket socket, SemaphoreSlim sending, T frame, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        await sending.WaitAsync(cancellationToken);
        try
        {
            await socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(frame, type), WebSocketMessageType.Text, true, cancellationToken);
        }
        finally
        {
            sending.Release();
        }
    }
}
