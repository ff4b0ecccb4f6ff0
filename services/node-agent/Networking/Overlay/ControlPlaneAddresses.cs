using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;

namespace Kontena.NodeAgent.Networking.Overlay;

/// <summary>Where the control plane is, as far as the agent knows: the machine of its broker.</summary>
internal sealed class ControlPlaneAddresses(IConfiguration configuration)
{
    /// <summary>IPv4 addresses; empty when there is no broker, or its name has none.</summary>
    public IReadOnlyList<ControlPlaneAddress> Current { get; } = Read(configuration["Kontena:Bus:RabbitMq"]);

    /// <summary>Looked up once: a broker that moves takes its agents' connections along, and they are restarted by then.</summary>
    private static IReadOnlyList<ControlPlaneAddress> Read(string? broker)
    {
        if (!Uri.TryCreate(broker, UriKind.Absolute, out var uri) || uri.Host.Length == 0)
            return [];
        try
        {
            return [.. Dns.GetHostAddresses(uri.Host, AddressFamily.InterNetwork).Where(address => !IPAddress.IsLoopback(address)).Take(16).Select(address => new ControlPlaneAddress(address.ToString(), uri.Port > 0 ? uri.Port : uri.Scheme == "amqps" ? 5671 : 5672))];
        }
        catch (SocketException)
        {
            return [];
        }
    }
}
