namespace Kontena.NodeAgent.Networking.Overlay;

/// <summary>What the host's network is now, as far as it matters here.</summary>
internal sealed record HostState
{
    public IReadOnlyDictionary<string, LinkState> Links { get; init; } = new Dictionary<string, LinkState>();
    public IReadOnlyList<RouteState> Routes { get; init; } = [];

    /// <summary>Of our VXLAN interface: to which host a card's address leads.</summary>
    public IReadOnlyList<(string Mac, string Endpoint)> Forwarding { get; init; } = [];

    /// <summary>Of our VXLAN interface: which card has an address.</summary>
    public IReadOnlyList<(string Address, string Mac)> Neighbours { get; init; } = [];

    /// <summary>Null when the interface is not there.</summary>
    public TunnelState? WireGuard { get; init; }
}

/// <param name="Kind"><c>vxlan</c>, <c>wireguard</c>, <c>tun</c>, <c>bridge</c>, …; null for cards.</param>
/// <param name="Local">Of a VXLAN interface: its own end.</param>
/// <param name="Addresses"><c>10.0.1.5/24</c>.</param>
internal sealed record LinkState(string Name, int Mtu, bool Up, string? Mac, string? Kind, string? Local, int Vni, IReadOnlyList<string> Addresses);

/// <param name="To">CIDR; <c>0.0.0.0/0</c> for the default.</param>
/// <param name="Protocol">Who made it: a name, or a number.</param>
internal sealed record RouteState(string To, string? Via, string Device, string? Source, int? Mtu, string? Protocol);

/// <param name="PublicKey">Null before it has a private one.</param>
internal sealed record TunnelState(string? PublicKey, int Port, IReadOnlyList<TunnelPeerState> Peers);

/// <param name="Endpoint">Null when it has none.</param>
/// <param name="Handshake">Unix seconds of the last; 0 for none.</param>
internal sealed record TunnelPeerState(string Key, string? Endpoint, string? AllowedIps, long Handshake);
