using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Kontena.State.Redis;

/// <summary>Asks a server directly why there is no connection: the client only says that it has none.</summary>
internal static class RedisProbe
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMilliseconds(500);

    /// <summary>Cause and remedy; null when the server answers well or says something unheard of.</summary>
    public static async Task<string?> WhyAsync(EndPoint server, string? password, TimeProvider time, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(Deadline, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(server, either.Token);
            var auth = string.IsNullOrEmpty(password) ? "" : $"*2\r\n$4\r\nAUTH\r\n${Encoding.UTF8.GetByteCount(password)}\r\n{password}\r\n";
            await socket.SendAsync(Encoding.UTF8.GetBytes(auth + "PING\r\n"), either.Token);
            var answer = new byte[512];
            return Read(Encoding.UTF8.GetString(answer, 0, await socket.ReceiveAsync(answer, either.Token)));
        }
        catch (SocketException failure)
        {
            return failure.SocketErrorCode switch
            {
                SocketError.ConnectionRefused => "nothing listens there; start Redis or correct Kontena:State:Redis",
                SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData =>
                    "the host name is not known; correct Kontena:State:Redis",
                _ => $"it can't be reached ({failure.Message}); check the network and Kontena:State:Redis",
            };
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return "it does not answer; check the network and whether Redis is stuck";
        }
    }

    private static string? Read(string answer) => answer switch
    {
        _ when answer.Contains("WRONGPASS", StringComparison.Ordinal) || answer.Contains("invalid password", StringComparison.Ordinal) =>
            "it refuses the password; correct Kontena:State:Redis",
        _ when answer.Contains("NOAUTH", StringComparison.Ordinal) =>
            "it wants a password; set Kontena:State:Redis to host:port,password=…",
        _ when answer.Contains("LOADING", StringComparison.Ordinal) => "it is still loading its data; wait",
        _ when answer.Contains("DENIED", StringComparison.Ordinal) => "it is in protected mode; give it a password",
        _ => null,
    };
}
