using System.Net;
using System.Net.Sockets;

namespace Kontena.Testing;

/// <summary>Loopback ports that nobody listens on at this moment.</summary>
public static class FreePort
{
    public static int[] Take(int count)
    {
        // All held at once, so that no two are the same.
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToArray();
        foreach (var listener in listeners)
            listener.Start();
        var ports = listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port).ToArray();
        foreach (var listener in listeners)
            listener.Dispose();
        return ports;
    }
}
