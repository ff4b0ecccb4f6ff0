namespace Kontena.NodeAgent.Networking.Overlay;

/// <summary>How a host's network is to be for a grid.</summary>
internal sealed record OverlayPlan
{
    public required OverlayNames Names { get; init; }

    /// <summary>Null when no peer needs it, as with the next.</summary>
    public WireGuardPlan? WireGuard { get; init; }
    public VxlanPlan? Vxlan { get; init; }
    public IReadOnlyList<RoutePlan> Routes { get; init; } = [];
    public required FirewallPlan Firewall { get; init; }

    /// <summary>Every other node of the map, by number, those without a way too.</summary>
    public IReadOnlyList<PlannedPeer> Peers { get; init; } = [];

    /// <summary>What is wrong with this host, a sentence each: the node is degraded while there is any.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];

    /// <summary>What is wrong with others, for <c>node show</c> only: an instance is as well off here as elsewhere.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];
}

/// <param name="Peer">Its name.</param>
/// <param name="Gateway">The address of its bridge: there its agent answers.</param>
/// <param name="Driver">Null when there is no way.</param>
/// <param name="Mtu">Bytes that a packet between containers may have; 0 when there is no way.</param>
/// <param name="Why">As in <see cref="PairDriver.Why"/>.</param>
/// <param name="Port">UDP port that its host listens on for the driver; 0 for plain routes.</param>
/// <param name="Device">The card that leads to a neighbour; null for tunnels, and when there is none.</param>
/// <param name="Own">As in <see cref="PairDriver.Own"/>.</param>
internal sealed record PlannedPeer(
    string Peer, int Number, string Block, string Gateway, string? Driver, string? Endpoint, int Mtu, string Why, int Port, string? Device, bool Own);

/// <param name="Port">UDP.</param>
internal sealed record WireGuardPlan(int Port, int Mtu, IReadOnlyList<WireGuardPeer> Peers);

/// <param name="AllowedIps">Its block: what it may send from, and what is sent to it. Null for a key that is not in use yet.</param>
internal sealed record WireGuardPeer(string Key, string Endpoint, string? AllowedIps);

/// <param name="Local">This host's address on the wire.</param>
/// <param name="Mac">Made from the node's number, so that peers need not be told.</param>
/// <param name="Address">The node's overlay address, <c>10.81.0.3</c>.</param>
internal sealed record VxlanPlan(int Vni, int Port, string Local, string Mac, string Address, int Mtu, IReadOnlyList<VxlanPeer> Peers);

/// <param name="Address">Its overlay address.</param>
/// <param name="Endpoint">Its host's address on the wire.</param>
internal sealed record VxlanPeer(string Mac, string Address, string Endpoint);

/// <param name="To">CIDR of a peer's block.</param>
/// <param name="Via">Null: the device leads there itself.</param>
/// <param name="Device">Null: the interface that has the way to <paramref name="Via"/>.</param>
/// <param name="Source">The address this host's own packets have.</param>
/// <param name="Mtu">Null: the device's.</param>
internal sealed record RoutePlan(string To, string? Via, string? Device, string Source, int? Mtu);

/// <summary>Rules as <c>iptables-restore</c> reads them, by chain. The chains are ours alone and are replaced whole.</summary>
internal sealed record FirewallPlan(OverlayNames Names, IReadOnlyList<ChainPlan> Chains);

/// <param name="Table"><c>filter</c>, <c>nat</c> or <c>mangle</c>.</param>
/// <param name="From">The chain whose first rule leads here; null when rules of other chains of ours do.</param>
/// <param name="Rules">Without <c>-A CHAIN</c>.</param>
internal sealed record ChainPlan(string Table, string Chain, string? From, IReadOnlyList<string> Rules);
