using System.Net;
using System.Net.Sockets;

namespace Kontena.NodeAgent.Networking.Overlay;

/// <summary>Hears who sends pings to this node's gateway, beside the kernel that answers them. Read now and then only: what does not fit into its buffer is dropped by
/// the kernel, so that a flood costs nothing.</summary>
internal sealed class EchoEar : IDisposable
{
    private const int RawLevel = 255;
    private const int IcmpFilter = 1;
    private const byte EchoRequest = 8;
    private const int SourceInHeader = 12;

    /// <summary>More than the nodes of a grid send in a while, and few enough to be read at once.</summary>
    private const int MostAtOnce = 4096;
    private Socket? _socket;
    private string? _address;

    /// <summary>Addresses that have sent one to this address since the last call; none when that can't be heard here.</summary>
    public IReadOnlySet<string> HeardSinceLast(string address)
    {
        var heard = new HashSet<string>(StringComparer.Ordinal);
        try
        {
            if (_address != address)
                Open(address);
            var packet = new byte[64];
            for (var read = 0; _socket!.Available > 0; read++)
            {
                // A flood: what else waits is thrown away with the socket.
                if (read == MostAtOnce)
                {
                    Dispose();
                    break;
                }


                var length = Receive(_socket, packet);
                if (length >= 20)
                    heard.Add(new IPAddress(packet.AsSpan(SourceInHeader, 4)).ToString());
            }
        }
        catch (SocketException)
        {
            // The address has gone with its bridge, or raw sockets are not allowed here.
            Dispose();
        }

        return heard;
    }

    public void Dispose()
    {
        _socket?.Dispose();
        (_socket, _address) = (null, null);
    }

    private void Open(string address)
    {
        Dispose();
        _socket = new Socket(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Icmp) { ReceiveBufferSize = 1 << 18, Blocking = false };
        _socket.SetRawSocketOption(RawLevel, IcmpFilter, BitConverter.GetBytes(~(1u << EchoRequest)));
        _socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
        _address = address;
    }

    /// <summary>Of a packet only the beginning is wanted; the rest is thrown away by the kernel.</summary>
    private static int Receive(Socket socket, byte[] packet)
    {
        EndPoint from = new IPEndPoint(IPAddress.Any, 0);
        var flags = SocketFlags.None;
        try
        {
            return socket.ReceiveMessageFrom(packet, ref flags, ref from, out _);
        }
        catch (SocketException error) when (error.SocketErrorCode == SocketError.MessageSize)
        {
            return packet.Length;
        }
    }
}
