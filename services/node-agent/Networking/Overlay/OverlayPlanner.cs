using Kontena.Contracts.Networking;
using Kontena.Core.Networking;

namespace Kontena.NodeAgent.Networking.Overlay;

/// <summary>What the planner must know of the host itself.</summary>
/// <param name="Bridge">The interface of the grid's network.</param>
/// <param name="Subnet">The block the network really has.</param>
/// <param name="Gateway">Its gateway.</param>
/// <param name="ForeignRoutes">Networks that the host reaches by interfaces that are not ours.</param>
/// <param name="ControlPlane">Addresses of the control plane's machines.</param>
/// <param name="Cards">The host's own, with their addresses.</param>
/// <param name="ClosedPorts">TCP ports of the control plane that containers may not reach, on this host and on those addresses; at most 15 entries.</param>
internal sealed record HostFacts(
    string Bridge, string Subnet, string Gateway, IReadOnlyList<ForeignRoute> ForeignRoutes, IReadOnlyList<ControlPlaneAddress> ControlPlane, IReadOnlyList<string> ClosedPorts,
    IReadOnlyList<HostCard> Cards)
{
    /// <summary>The WireGuard key this host has, whether or not the map has it; null without WireGuard.</summary>
    public string? OwnKey { get; init; }

    /// <summary>By gateway of peers whose way was seen to be narrower than computed: bytes that go through.</summary>
    public IReadOnlyDictionary<string, int> Caps { get; init; } = new Dictionary<string, int>();

    /// <summary>Null where no instance of a private stack is.</summary>
    public StackIsolation? Isolation { get; init; }
}

/// <param name="Address">IPv4.</param>
/// <param name="Port">Of the broker; closed to containers whatever the list says.</param>
internal sealed record ControlPlaneAddress(string Address, int Port);

/// <param name="Address">With its network, <c>10.0.1.5/24</c>.</param>
internal sealed record HostCard(string Name, string Address);

/// <param name="To">CIDR.</param>
/// <param name="Device">The interface.</param>
internal sealed record ForeignRoute(string To, string Device);

/// <summary>From the map of the grid and the host to what the host's network is to be. Pure.</summary>
internal static class OverlayPlanner
{
    /// <summary>Of IANA it has none; 4789 is left to others, as Docker's own overlay.</summary>
    public const int VxlanPort = 8473;

    /// <summary>Bytes around a packet: VXLAN over IPv4, and WireGuard over IPv4 or IPv6.</summary>
    public const int VxlanOverhead = 50;
    public const int WireGuardOverhead = 80;
    private const int DefaultMtu = 1500;

    public static OverlayPlan Plan(NetworkMap map, NetworkPeer self, HostFacts host)
    {
        var names = OverlayNames.Of(map.Grid);
        var problems = new List<string>();
        if (host.Subnet != self.Block)
        {
            // Peers send packets for the block here, and nowhere else; another one can't be reached.
            problems.Add($"the network {GridNetwork.NameOf(map.Grid)} has the addresses {host.Subnet}, not this node's block {self.Block}: containers here reach no other node's. "
                + $"Free {self.Block} on this host, then: kontena node update --availability drain, docker network rm {GridNetwork.NameOf(map.Grid)}, restart the agent, activate");
        }

        if (host.Isolation is { LeftOut: > 0 and var more })
            problems.Add($"private stacks here have more than the {StackIsolation.MostSources} neighbours that are let in: {more} are refused; spread the stacks over more nodes, or make fewer of them private");
        var peers = map.Nodes.Where(node => node.Number != self.Number).OrderBy(node => node.Number).Select(node => Look(map, self, node, host)).ToList();
        problems.AddRange(Overlaps(map, host));
        var lost = peers.Where(peer => peer.Driver is null).ToList();
        var owner = OwnerOf(map, self, host.OwnKey);
        if (owner is not null && lost.Any(peer => peer.Own))
            problems.Add($"the WireGuard key of this host is node {owner}'s, as after a copied disk: {owner} keeps it, and containers here don't reach all others until this node has another: kontena node rotate-key {self.Name}");
        problems.AddRange(lost.Where(peer => peer.Own && owner is null).Select(peer => peer.Why).Distinct(StringComparer.Ordinal).Select(why => $"containers here don't reach all others: {why}"));
        var reachable = host.Subnet == self.Block ? peers.Where(peer => peer.Driver is not null).ToList() : [];
        var byNumber = map.Nodes.ToDictionary(node => node.Number);

        return new OverlayPlan
        {
            Names = names,
            WireGuard = WireGuardOf(map, self, [.. reachable.Where(peer => peer.Driver == OverlayDriver.WireGuard)], byNumber),
            Vxlan = VxlanOf(map, names, self, [.. reachable.Where(peer => peer.Driver == OverlayDriver.Vxlan)]),
            Routes = [.. reachable.Select(peer => RouteTo(map, names, self, peer, host))],
            Firewall = FirewallPlanner.Plan(map, names, self, reachable, host),
            Peers = peers,
            Problems = problems,
            Remarks = [.. SharedEndpoints(peers), .. lost.Where(peer => !peer.Own).Select(peer => $"no way to node {peer.Peer}: {peer.Why}")],
        };
    }

    /// <summary>Bytes a packet of a new container should have at most, so that it fits whatever way it goes: of the pairs there are, or, for a node alone, of those
    /// that the policy leads one to expect.</summary>
    public static int ContainerMtu(NetworkMap map, NetworkPeer self)
    {
        var ways = map.Nodes.Where(node => node.Number != self.Number)
            .Select(node => (Node: node, Pair: PairDriver.Of(map, self, node)))
            .Where(way => way.Pair.Driver is not null)
            .Select(way => MtuOf(way.Pair.Driver!, self, way.Node))
            .ToList();
        if (ways.Count > 0)
            return ways.Min();
        var alone = self with { Number = 0, Name = "another like this" };
        var expected = PairDriver.Of(map, self, alone).Driver ?? OverlayDriver.WireGuard;
        return MtuOf(expected, self, alone);
    }

    public static int MtuOf(string driver, NetworkPeer self, NetworkPeer peer)
    {
        var wire = Math.Min(WireMtu(self), WireMtu(peer));
        return driver switch
        {
            OverlayDriver.Direct => wire,
            OverlayDriver.Vxlan => wire - VxlanOverhead,
            _ => wire - WireGuardOverhead,
        };
    }

    /// <summary>The node's address in block 0 (runtime.md §1.2).</summary>
    public static string OverlayAddress(NetworkMap map, int number) => Ipv4Cidr.Parse(map.Subnet).Block(number, 32)!.Value.ToString()[..^3];

    public static string MacOf(int number) => $"02:6b:6f:6e:{number >> 8 & 255:x2}:{number & 255:x2}";

    private static int WireMtu(NetworkPeer peer) => peer.Network is { Mtu: > 0 } network ? Math.Min(network.Mtu, 9000) : DefaultMtu;

    private static PlannedPeer Look(NetworkMap map, NetworkPeer self, NetworkPeer peer, HostFacts host)
    {
        var way = PairDriver.Of(map, self, peer);
        var block = Ipv4Cidr.Parse(peer.Block);
        // A route of ours would cut the host off from its own network.
        if (way.Driver is not null && host.ForeignRoutes.FirstOrDefault(route => Ipv4Cidr.Parse(route.To) is var to && (block.Contains(to) || (to.Contains(block) && to.Prefix >= Ipv4Cidr.Parse(map.Subnet).Prefix))) is { } foreign)
            way = new PairDriver(null, null, $"its addresses {peer.Block} are, on this host, those of {foreign.Device} ({foreign.To})");
        return new PlannedPeer(
            peer.Name, peer.Number, peer.Block, GridNetwork.FirstAddress(peer.Block), way.Driver, way.Endpoint,
            way.Driver is null ? 0 : MtuOf(way.Driver, self, peer), way.Why, PortOf(way.Driver, peer),
            way.Driver == OverlayDriver.Direct ? CardTo(way.Endpoint!, host) : null, way.Own);
    }

    private static int PortOf(string? driver, NetworkPeer peer) => driver switch
    {
        OverlayDriver.WireGuard => peer.Network is { Port: > 0 and < 65536 } network ? network.Port : 51820,
        OverlayDriver.Vxlan => VxlanPort,
        _ => 0,
    };

    private static string? CardTo(string endpoint, HostFacts host) => host.Cards
        .FirstOrDefault(card => Ipv4Cidr.TryParse(card.Address, out var net) && net.Prefix > 0 && net.Contains(Ipv4Cidr.Parse(endpoint)))?.Name;

    private static IEnumerable<string> Overlaps(NetworkMap map, HostFacts host)
    {
        var grid = Ipv4Cidr.Parse(map.Subnet);
        return host.ForeignRoutes
            .Where(route => Ipv4Cidr.Parse(route.To) is var to && to.Prefix > 0 && (grid.Contains(to) || to.Contains(grid)))
            .Select(route => $"the grid's subnet {map.Subnet} overlaps with {route.To}, which this host reaches by {route.Device}; one of them must move (a grid's subnet is given by kontena grid create --subnet)");
    }

    /// <summary>Whose key in the map this host's is, when it is not its own there.</summary>
    private static string? OwnerOf(NetworkMap map, NetworkPeer self, string? key) => key is null || self.Network?.WireGuardKey == key ? null
        : map.Nodes.FirstOrDefault(node => node.Number != self.Number && (node.Network?.WireGuardKey == key || node.Network?.NextKey == key))?.Name;

    /// <summary>Two nodes that give one address: at least one of them is wrong, by mistake or on purpose.</summary>
    private static IEnumerable<string> SharedEndpoints(IEnumerable<PlannedPeer> peers) =>
        peers.Where(peer => peer.Endpoint is not null).GroupBy(peer => peer.Endpoint, StringComparer.Ordinal).Where(group => group.Count() > 1)
            .Select(group => $"nodes {string.Join(" and ", group.Select(peer => peer.Peer))} give the same address {group.Key}; set Kontena:Agent:PrivateIp or PublicIp on the one that is wrong");

    private static WireGuardPlan? WireGuardOf(NetworkMap map, NetworkPeer self, List<PlannedPeer> peers, Dictionary<int, NetworkPeer> nodes)
    {
        if (peers.Count == 0)
            return null;
        var keys = new List<WireGuardPeer>();
        foreach (var peer in peers)
        {
            var network = nodes[peer.Number].Network!;
            var endpoint = $"{peer.Endpoint}:{peer.Port}";
            keys.Add(new WireGuardPeer(network.WireGuardKey!, endpoint, peer.Block));
            if (network.NextKey is { } next)
                keys.Add(new WireGuardPeer(next, endpoint, null));
        }

        return new WireGuardPlan(self.Network!.Port, peers.Min(peer => peer.Mtu), keys);
    }

    private static VxlanPlan? VxlanOf(NetworkMap map, OverlayNames names, NetworkPeer self, List<PlannedPeer> peers)
    {
        if (peers.Count == 0 || (HostAddress.Plain(self.PrivateIp) ?? HostAddress.Plain(self.PublicIp)) is not { } local)
            return null;
        return new VxlanPlan(
            names.Vni, VxlanPort, local, MacOf(self.Number), OverlayAddress(map, self.Number), peers.Min(peer => peer.Mtu),
            [.. peers.Select(peer => new VxlanPeer(MacOf(peer.Number), OverlayAddress(map, peer.Number), peer.Endpoint!))]);
    }

    /// <summary>By the route's MTU the kernel tells containers that send whole packets, and takes others' apart.</summary>
    private static RoutePlan RouteTo(NetworkMap map, OverlayNames names, NetworkPeer self, PlannedPeer peer, HostFacts host)
    {
        int? cap = host.Caps.TryGetValue(peer.Gateway, out var seen) && seen < peer.Mtu ? seen : null;
        return peer.Driver switch
        {
            OverlayDriver.WireGuard => new RoutePlan(peer.Block, null, names.WireGuard, host.Gateway, cap),
            OverlayDriver.Vxlan => new RoutePlan(peer.Block, OverlayAddress(map, peer.Number), names.Vxlan, host.Gateway, cap),
            _ => new RoutePlan(peer.Block, peer.Endpoint, null, host.Gateway, cap ?? (peer.Mtu < WireMtu(self) ? peer.Mtu : null)),
        };
    }
}
