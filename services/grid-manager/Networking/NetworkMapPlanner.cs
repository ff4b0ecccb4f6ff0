using Kontena.Contracts.Grids;
using Kontena.Contracts.Networking;
using Kontena.Contracts.Nodes;
using Kontena.Core.Networking;

namespace Kontena.GridManager.Networking;

/// <summary>Who is in the network of a grid, from its nodes. Pure.</summary>
internal static class NetworkMapPlanner
{
    private const string RegionLabel = "region=";

    /// <summary>The next map, or null when the present one says it all.</summary>
    /// <param name="nodes">All records of the grid; those that no agent has joined as are left out.</param>
    /// <param name="present">Null when there was none.</param>
    /// <param name="highestSeen">The highest revision any agent has: after a restore from a backup theirs may be newer than ours, and must be passed.</param>
    public static NetworkMap? Next(Grid grid, IEnumerable<Node> nodes, NetworkMap? present, long highestSeen)
    {
        var subnet = Ipv4Cidr.Parse(grid.Subnet);
        var keys = new HashSet<string>(StringComparer.Ordinal);
        var peers = new List<NetworkPeer>();
        foreach (var node in nodes.Where(node => node.NodeId is not null).OrderBy(node => node.Number))
        {
            if (GridSubnets.BlockOf(subnet, node.Number, grid.BlockPrefix ?? GridSubnets.BlockPrefix) is not { } block)
                continue;
            // A key opens the tunnel of exactly one node: the one that had it first by number keeps it.
            var network = node.Network;
            if (network?.WireGuardKey is { } key && !keys.Add(key))
                network = network with { WireGuardKey = null };
            if (network?.NextKey is { } next && !keys.Add(next))
                network = network with { NextKey = null };
            peers.Add(new NetworkPeer
            {
                Number = node.Number,
                Name = node.Name,
                Block = block.ToString(),
                Region = node.Labels.FirstOrDefault(label => label.StartsWith(RegionLabel, StringComparison.Ordinal))?[RegionLabel.Length..] ?? "default",
                PrivateIp = node.Facts?.PrivateIp,
                PublicIp = node.Facts?.PublicIp,
                Network = network,
            });
        }

        var map = new NetworkMap
        {
            Grid = grid.Name,
            Revision = present?.Revision ?? 0,
            Subnet = grid.Subnet,
            Driver = grid.OverlayDriver ?? OverlayDriver.Auto,
            TrustedSubnets = grid.TrustedSubnets,
            Nodes = peers,
        };
        return present is not null && highestSeen <= present.Revision && NetworkMapText.Of(map) == NetworkMapText.Of(present)
            ? null
            : map with { Revision = Math.Max(map.Revision, highestSeen) + 1 };
    }
}
