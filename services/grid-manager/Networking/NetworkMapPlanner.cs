using Kontena.Contracts.Grids;
using Kontena.Contracts.Networking;
using Kontena.Contracts.Nodes;
using Kontena.Core.Networking;

namespace Kontena.GridManager.Networking;

/// <summary>Who is in the network of a grid, from its nodes. Pure.</summary>
internal static class NetworkMapPlanner
{
    private const string RegionLabel = "region=";

    /// <summary>How far an agent's revision may be above the store's: changes since the oldest backup one would restore. Beyond, it is a lie or a fault.</summary>
    public const long FarthestAhead = 1_000_000;

    /// <summary>The revision an agent says it has, or 0 when that can't be.</summary>
    public static long Believable(long told, long present) => told < 0 || told - present > FarthestAhead ? 0 : told;

    /// <summary>The next map, or null when the present one says it all.</summary>
    /// <param name="nodes">All records of the grid; those that no agent has joined as are left out.</param>
    /// <param name="present">Null when there was none.</param>
    /// <param name="highestSeen">The highest revision any agent has: after a restore from a backup theirs may be newer than ours, and must be passed.</param>
    public static NetworkMap? Next(Grid grid, IEnumerable<Node> nodes, NetworkMap? present, long highestSeen)
    {
        highestSeen = Believable(highestSeen, present?.Revision ?? 0);
        var subnet = Ipv4Cidr.Parse(grid.Subnet);
        var all = nodes.Where(node => node.NodeId is not null).OrderBy(node => node.Number).ToList();
        var before = (present?.Nodes ?? []).ToDictionary(node => (node.Number, node.Name), node => node.Network);
        var owners = OwnersOf(all, before);
        var keys = new HashSet<string>(StringComparer.Ordinal);
        var peers = new List<NetworkPeer>();
        foreach (var node in all)
        {
            if (GridSubnets.BlockOf(subnet, node.Number, grid.BlockPrefix ?? GridSubnets.BlockPrefix) is not { } block)
                continue;
            // A key opens the tunnel of exactly one node: the one that has it in the map keeps it; of newcomers the one with the lower number gets it.
            // An older grid-manager that writes the record drops what it does not know, and the agent tells it again within a minute.
            bool IsOthers(string? key) => key is not null && ((owners.TryGetValue(key, out var owner) && owner != node.Number) || !keys.Add(key));
            var network = node.Network ?? before.GetValueOrDefault((node.Number, node.Name));
            if (IsOthers(network?.WireGuardKey))
                network = network! with { WireGuardKey = null };
            if (IsOthers(network?.NextKey))
                network = network! with { NextKey = null };
            peers.Add(new NetworkPeer
            {
                Number = node.Number,
                Name = node.Name,
                Block = block.ToString(),
                Region = node.Labels.FirstOrDefault(label => label.StartsWith(RegionLabel, StringComparison.Ordinal))?[RegionLabel.Length..] ?? "default",
                PrivateIp = HostAddress.Plain(node.Facts?.PrivateIp),
                PublicIp = HostAddress.Plain(node.Facts?.PublicIp),
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

    /// <summary>Keys in the present map, by the number of the node that has them and still gives them.</summary>
    private static Dictionary<string, int> OwnersOf(List<Node> nodes, Dictionary<(int, string), NodeNetwork?> before)
    {
        var owners = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var node in nodes)
        {
            if (before.GetValueOrDefault((node.Number, node.Name)) is not { } had)
                continue;
            var gives = node.Network ?? had;
            foreach (var key in new[] { had.WireGuardKey, had.NextKey })
            {
                if (key is not null && (gives.WireGuardKey == key || gives.NextKey == key))
                    owners.TryAdd(key, node.Number);
            }
        }

        return owners;
    }
}
