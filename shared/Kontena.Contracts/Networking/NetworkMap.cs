using System.Text.Json.Serialization;

namespace Kontena.Contracts.Networking;

/// <summary>How packets go from one node of a grid to another: the policy of a grid, and what a pair of nodes uses.</summary>
public static class OverlayDriver
{
    /// <summary>Policy only: per pair, <see cref="Direct"/> or <see cref="Vxlan"/> where both ends are in trusted subnets, else <see cref="WireGuard"/>.</summary>
    public const string Auto = "auto";

    /// <summary>Encrypted; the kernel's where it has it, else in user space.</summary>
    public const string WireGuard = "wireguard";

    /// <summary>Packed into UDP, not encrypted.</summary>
    public const string Vxlan = "vxlan";

    /// <summary>As they are; both nodes must be in one layer-2 network.</summary>
    public const string Direct = "direct";

    public static readonly IReadOnlyList<string> All = [Auto, WireGuard, Vxlan, Direct];
}

/// <summary>Who is in the network of a grid and where. Written by grid-manager, one document per grid, id <c>map</c>; agents keep the newest on disk.</summary>
public sealed record NetworkMap
{
    public required string Grid { get; init; }

    /// <summary>Grows with every change; an agent never goes back to an older one.</summary>
    public required long Revision { get; init; }

    /// <summary>CIDR of the whole grid.</summary>
    public required string Subnet { get; init; }

    /// <summary>One of <see cref="OverlayDriver"/>.</summary>
    public string Driver { get; init; } = OverlayDriver.Auto;

    /// <summary>Networks whose wires are trusted: nodes in them need no encryption between them.</summary>
    public IReadOnlyList<string> TrustedSubnets { get => field ?? []; init; } = [];

    /// <summary>Every node that has joined, by number; whoever reads it too.</summary>
    public IReadOnlyList<NetworkPeer> Nodes { get => field ?? []; init; } = [];
}

/// <summary>One node as the others see it.</summary>
public sealed record NetworkPeer
{
    public required int Number { get; init; }
    public required string Name { get; init; }

    /// <summary>CIDR from which its containers have their addresses.</summary>
    public required string Block { get; init; }

    /// <summary>Of its label <c>region=…</c>, else <c>default</c>: nodes of one region reach each other by private addresses (runtime.md §1.7).</summary>
    public string Region { get; init; } = "default";
    public string? PrivateIp { get; init; }
    public string? PublicIp { get; init; }

    /// <summary>Null when the agent has not told, or its key is also that of a node with a lower number.</summary>
    public NodeNetwork? Network { get; init; }
}

/// <summary>What a node can do in the grid's network, and how. Told by its agent when it changes, and every minute.</summary>
public sealed record NodeNetwork
{
    /// <summary>Public key, 44 characters of base64; null when the node has no WireGuard.</summary>
    public string? WireGuardKey { get; init; }

    /// <summary>The public key that comes next: known to all before the old one goes.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? NextKey { get; init; }

    /// <summary>UDP port of WireGuard.</summary>
    public int Port { get; init; }

    /// <summary>Bytes of the interface that has the private address.</summary>
    public int Mtu { get; init; }

    /// <summary>The host's addresses with their networks, <c>10.0.1.5/24</c>; at most <see cref="MostAddresses"/>.</summary>
    public IReadOnlyList<string> Addresses { get => field ?? []; init; } = [];

    /// <summary>Whether the kernel has VXLAN.</summary>
    public bool Vxlan { get; init; }

    /// <summary>Whether the agent may change the host's network. When not, the node's containers reach no other node.</summary>
    public bool Administers { get; init; }

    public const int MostAddresses = 32;
}

/// <summary>From an agent, when it has joined, on change and every minute.</summary>
public sealed record NodeNetworkReport
{
    public required string Grid { get; init; }
    public required string Node { get; init; }
    public required string NodeId { get; init; }
    public required NodeNetwork Network { get; init; }

    /// <summary>Of the map the agent has; 0 when it has none. When it is old, the agent is sent the newest again.</summary>
    public long Revision { get; init; }

    /// <summary>What is wrong with ways to other nodes and is not this host's fault, a sentence each; at most <see cref="MostRemarks"/>.</summary>
    public IReadOnlyList<string> Remarks { get => field ?? []; init; } = [];

    public const int MostRemarks = 16;

    /// <summary>Characters of one.</summary>
    public const int LongestRemark = 400;
}

/// <summary>Order to an agent: the network of the grid is this now. Whole, so that any one of them is enough.</summary>
public sealed record GridChanged
{
    public required NetworkMap Map { get; init; }
}
