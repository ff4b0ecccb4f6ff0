using Kontena.Contracts.Networking;
using Kontena.NodeAgent.Networking.Overlay;

namespace Kontena.NodeAgent.Tests.Networking.Overlay;

/// <summary>Small grids: node n is at 192.168.0.n in one wire with the others, and has the block 10.81.n.0/24.</summary>
internal static class SomeNetwork
{
    public static NetworkMap Map(string driver, IReadOnlyList<string> trusted, params IReadOnlyList<NetworkPeer> nodes) =>
        new() { Grid = "test", Revision = 1, Subnet = "10.81.0.0/16", Driver = driver, TrustedSubnets = trusted, Nodes = nodes };

    public static NetworkPeer Node(int number, string region = "default", string? privateIp = null, int wire = 0) => new()
    {
        Number = number,
        Name = $"n{number}",
        Block = $"10.81.{number}.0/24",
        Region = region,
        PrivateIp = privateIp ?? $"192.168.{wire}.{number}",
        PublicIp = $"203.0.113.{number}",
        Network = new NodeNetwork
        {
            WireGuardKey = Key(number), Port = 51820, Mtu = 1500, Addresses = [$"{privateIp ?? $"192.168.{wire}.{number}"}/24"], Vxlan = true, Administers = true,
        },
    };

    public static string Key(int number) => Convert.ToBase64String([.. Enumerable.Repeat((byte)number, 32)]);

    public static HostFacts Host(int number, params IReadOnlyList<ForeignRoute> foreign) =>
        new("kontena-bridge", $"10.81.{number}.0/24", $"10.81.{number}.1", foreign, [new ControlPlaneAddress("192.168.0.200", 5682)], ["6379"],
            [new HostCard("eth9", "172.31.0.1/16"), new HostCard("eth0", $"192.168.0.{number}/24")]);

    public static OverlayPlan Plan(NetworkMap map, int self, params IReadOnlyList<ForeignRoute> foreign) =>
        OverlayPlanner.Plan(map, map.Nodes.Single(node => node.Number == self), Host(self, foreign));
}
