using System.Net;
using System.Net.Sockets;

namespace Kontena.Cli.Api;

/// <summary>
/// Connects to this machine with a blocking call: there it succeeds or fails at once, and starting the asynchronous
/// socket engine for it would take a good part of a short command's time.
/// </summary>
internal static class LoopbackConnection
{
    public static ValueTask<Stream> Open(DnsEndPoint endpoint)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            if (IPAddress.TryParse(endpoint.Host, out var address)) socket.Connect(address, endpoint.Port);
            else socket.Connect(endpoint.Host, endpoint.Port);
            return new ValueTask<Stream>(new NetworkStream(socket, ownsSocket: true));
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
