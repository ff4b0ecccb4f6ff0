using Kontena.Contracts.Networking;
using Kontena.Core.Networking;

namespace Kontena.NodeAgent.Networking.Overlay;

/// <summary>How two nodes reach each other. Both ends compute it from the same map, and get the same. Pure.</summary>
/// <param name="Driver">One of <see cref="OverlayDriver"/> but <c>auto</c>; null when there is no way.</param>
/// <param name="Endpoint">The address of the other end's host; null when there is no way.</param>
/// <param name="Why">In a few words: why this driver, or why there is no way.</param>
/// <param name="Own">There is no way, and this end is the reason.</param>
internal sealed record PairDriver(string? Driver, string? Endpoint, string Why, bool Own = false)
{
    /// <param name="self">One end.</param>
    /// <param name="peer">The end whose address is wanted.</param>
    public static PairDriver Of(NetworkMap map, NetworkPeer self, NetworkPeer peer)
    {
        if (peer.Network is not { } there)
            return No($"the agent of {peer.Name} has not told of its network: it is older, or has just joined");
        if (self.Network is not { } here)
            return No("this agent has not told of its network yet", own: true);
        if (!there.Administers)
            return No($"the agent of {peer.Name} may not change its host's network: run it as root");
        if (EndpointOf(self, peer) is not { } endpoint)
            return No($"no address of {peer.Name} is known; set Kontena:Agent:PrivateIp or PublicIp there");

        var trusted = IsTrusted(map, self.PrivateIp) && IsTrusted(map, peer.PrivateIp) && self.Region == peer.Region;
        var neighbours = self.Region == peer.Region && AreNeighbours(here, peer.PrivateIp) && AreNeighbours(there, self.PrivateIp);
        return map.Driver switch
        {
            OverlayDriver.Direct => neighbours
                ? new PairDriver(OverlayDriver.Direct, endpoint, "the grid's driver is direct")
                : No($"the grid's driver is direct, and {peer.Name} is in no network that this host is in too; use auto, vxlan or wireguard"),
            OverlayDriver.Vxlan => VxlanBetween(here, there, endpoint, peer, "the grid's driver is vxlan"),
            OverlayDriver.WireGuard => WireGuardBetween(here, there, endpoint, peer, "the grid's driver is wireguard"),
            _ when trusted && neighbours => new PairDriver(OverlayDriver.Direct, endpoint, "both are in one trusted network"),
            _ when trusted && here.Vxlan && there.Vxlan => VxlanBetween(here, there, endpoint, peer, "both are in trusted subnets"),
            _ => WireGuardBetween(here, there, endpoint, peer, trusted ? "VXLAN is missing in a kernel" : "the way between them is not trusted"),
        };
    }

    /// <summary>Within a region the private address, else the public one; the other one when there is none (runtime.md §1.7).</summary>
    public static string? EndpointOf(NetworkPeer self, NetworkPeer peer) =>
        self.Region == peer.Region
            ? HostAddress.Plain(peer.PrivateIp) ?? HostAddress.Plain(peer.PublicIp)
            : HostAddress.Plain(peer.PublicIp) ?? HostAddress.Plain(peer.PrivateIp);

    private static PairDriver VxlanBetween(NodeNetwork here, NodeNetwork there, string endpoint, NetworkPeer peer, string why) =>
        here.Vxlan && there.Vxlan ? new PairDriver(OverlayDriver.Vxlan, endpoint, why)
        : No($"the kernel of {(here.Vxlan ? peer.Name : "this host")} has no VXLAN (modprobe vxlan)", own: !here.Vxlan);

    private static PairDriver WireGuardBetween(NodeNetwork here, NodeNetwork there, string endpoint, NetworkPeer peer, string why) =>
        (here.WireGuardKey, there.WireGuardKey) switch
        {
            (null, _) => No("this host has no WireGuard key of its own: install wireguard-tools, and wireguard-go when the kernel has no WireGuard; a key that another node has too is not used", own: true),
            (_, null) => No($"{peer.Name} has no WireGuard key of its own: install wireguard-tools there, and wireguard-go when its kernel has no WireGuard"),
            _ => new PairDriver(OverlayDriver.WireGuard, endpoint, why),
        };

    private static bool IsTrusted(NetworkMap map, string? address) =>
        Ipv4Cidr.TryParse(address, out var one) && map.TrustedSubnets.Any(subnet => Ipv4Cidr.TryParse(subnet, out var net) && net.Contains(one));

    private static bool AreNeighbours(NodeNetwork network, string? address) =>
        Ipv4Cidr.TryParse(address, out var one) && network.Addresses.Any(own => Ipv4Cidr.TryParse(own, out var net) && net.Prefix is > 0 and < 32 && net.Contains(one));

    private static PairDriver No(string why, bool own = false) => new(null, null, why, own);
}
