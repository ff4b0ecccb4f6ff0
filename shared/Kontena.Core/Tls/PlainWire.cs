using System.Net;

namespace Kontena.Core.Tls;

/// <summary>Where passwords, orders and secrets may go without TLS: nowhere but within the machine, unless its operator says that something else protects the way.</summary>
public static class PlainWire
{
    /// <summary><c>true</c> for those who have a tunnel, or a network that nobody else is in.</summary>
    public const string AllowKey = "Kontena:Tls:AllowPlain";

    /// <summary>Whether what is sent to this host stays on the machine. A name other than <c>localhost</c> may mean any.</summary>
    /// <param name="host">A name or an address, one of version 6 with or without brackets.</param>
    public static bool StaysHere(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));
}
