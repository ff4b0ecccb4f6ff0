using System.Net;
using System.Net.Sockets;

namespace Kontena.Core.Networking;

/// <summary>The IPv4 address of one host, written as everybody writes it. What machines say of themselves goes into rules and routes of others, so nothing else does.</summary>
public static class HostAddress
{
    /// <summary>The address as given, or null when it is none that a host can have: another form, a network, loopback, multicast, broadcast.</summary>
    public static string? Plain(string? text)
    {
        if (text is null || text.Length > 15 || !IPAddress.TryParse(text, out var address) || address.AddressFamily != AddressFamily.InterNetwork || address.ToString() != text)
            return null;
        var first = address.GetAddressBytes()[0];
        return first is 0 or 127 or >= 224 ? null : text;
    }
}
