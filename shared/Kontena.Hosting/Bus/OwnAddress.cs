using System.Net;
using System.Net.Sockets;

namespace Kontena.Hosting.Bus;

/// <summary>Whether this machine still has an address: asked by taking a port of it, which costs two calls of the kernel.</summary>
internal static class OwnAddress
{
    public static bool Has(IPAddress address)
    {
        using var probe = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            probe.Bind(new IPEndPoint(address, 0));
            return true;
        }
        catch (SocketException error)
        {
            // Anything else says nothing of the address.
            return error.SocketErrorCode != SocketError.AddressNotAvailable;
        }
    }

    /// <summary>The connection begins at an address that is gone: what is sent to it arrives nowhere, and nobody tells either end.</summary>
    public static bool IsGoneFrom(Socket wire)
    {
        try
        {
            return wire is { Connected: true, LocalEndPoint: IPEndPoint { Address: var address } } && !Has(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // It has ended meanwhile.
            return false;
        }
    }
}
