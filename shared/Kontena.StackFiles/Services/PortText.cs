using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Kontena.Contracts.Services;

namespace Kontena.StackFiles.Services;

/// <summary><c>[ip:]node_port:container_port[/protocol]</c> (stack-file.md §8.2).</summary>
internal static class PortText
{
    /// <summary>The port, or null with the reason.</summary>
    public static PortRequest? Parse(string text, out string reason)
    {
        reason = "";
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var protocol = slash < 0 || slash == text.Length - 1 ? "tcp" : text[(slash + 1)..];
        var parts = (slash < 0 ? text : text[..slash]).Split(':');
        if (protocol is not ("tcp" or "udp"))
            reason = $"'{protocol}' is no protocol; tcp or udp";
        else if (parts.Length is < 2 or > 3)
            reason = $"'{text}' is not of the form [ip:]node_port:container_port[/protocol], e.g. 80:8080";
        else if (parts.Length == 3 && parts[0].Length > 0 && !(IPAddress.TryParse(parts[0], out var ip) && ip.AddressFamily == AddressFamily.InterNetwork && parts[0].Count(c => c == '.') == 3))
            reason = $"'{parts[0]}' is no IPv4 address";
        else if (Port(parts[^2]) is not { } node)
            reason = $"'{parts[^2]}' is no port from 1 to 65535 (ranges are not available)";
        else if (Port(parts[^1]) is not { } container)
            reason = $"'{parts[^1]}' is no port from 1 to 65535 (ranges are not available)";
        else
            return new PortRequest { Ip = parts.Length == 3 && parts[0].Length > 0 ? parts[0] : "0.0.0.0", NodePort = node, ContainerPort = container, Protocol = protocol };
        return null;
    }

    private static int? Port(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is >= 1 and <= 65535 ? port : null;
}
