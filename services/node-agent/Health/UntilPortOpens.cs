using System.Net.Sockets;

namespace Kontena.NodeAgent.Health;

/// <summary>Tries a TCP port until it accepts a connection.</summary>
internal static class UntilPortOpens
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(1);

    /// <summary>False when the deadline passed. Pauses grow from 20 ms to 1 s, so a quick program is noticed quickly.</summary>
    public static async Task<bool> WaitAsync(string host, int port, DateTimeOffset deadline, TimeProvider time, CancellationToken cancellationToken)
    {
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            if (await OpensAsync(host, port, ConnectTimeout, time, cancellationToken) is null)
                return true;
            if (time.GetUtcNow() >= deadline)
                return false;
            await Task.Delay(pause, time, cancellationToken);
        }
    }

    /// <summary>One try: null when it accepts, else why not.</summary>
    public static async Task<string?> OpensAsync(string host, int port, TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            await socket.ConnectAsync(host, port, both.Token);
            return null;
        }
        catch (SocketException error)
        {
            return $"tcp {host}:{port}: {error.SocketErrorCode}";
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"tcp {host}:{port}: no answer within {timeout.TotalSeconds:0.#} s";
        }
    }
}
