using System.Buffers.Binary;
using System.Net;
using Kontena.Api.Grids;
using Kontena.Api.Snapshots;
using Kontena.Contracts.Http;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Stats;

namespace Kontena.Api.Nodes;

/// <summary>Node documents as the API shows them (rest-api.md §10.1).</summary>
internal static class NodeRendering
{
    private const string DefaultRegion = "default";
    private const string NoEtcd = "there is no etcd: this grid does without one, and a node that is connected needs nothing more";

    /// <param name="withToken">That of the grid; false: whoever asks may only look.</param>
    public static NodeJson Render(Node node, GridSnapshot snapshot, LatestStats stats, DateTimeOffset now, bool withToken)
    {
        var facts = node.Facts;
        var liveness = snapshot.Liveness.GetValueOrDefault(node.Name);
        var connected = snapshot.IsConnected(node.Name);
        return new NodeJson
        {
            Id = $"{node.Grid}/{node.Name}",
            NodeId = node.NodeId,
            Connected = connected,
            Updated = connected && facts is not null,
            Availability = node.Availability == NodeAvailability.Drain ? "drain" : "active",
            CreatedAt = node.CreatedAt,
            UpdatedAt = node.UpdatedAt,
            ConnectedAt = liveness?.ConnectedAt,
            LastSeenAt = liveness?.LastSeenAt,
            DisconnectedAt = liveness?.DisconnectedAt,
            Status = StatusOf(node, connected, liveness),
            HasToken = node.Token is not null,
            Name = node.Name,
            Os = facts?.Os,
            EngineRootDir = facts?.EngineRootDir,
            Driver = facts?.StorageDriver,
            NetworkDrivers = Drivers(facts?.NetworkDrivers),
            VolumeDrivers = Drivers(facts?.VolumeDrivers),
            KernelVersion = facts?.KernelVersion,
            DiskPressure = facts is { DiskPressure: true },
            Labels = node.Labels,
            MemTotal = facts?.MemoryTotal,
            MemLimit = facts is null ? null : 0,
            Cpus = facts?.Cpus,
            PublicIp = facts?.PublicIp,
            PrivateIp = facts?.PrivateIp,
            OverlayIp = OverlayAddress(snapshot.Grid.Subnet, node.Number),
            AgentVersion = facts?.AgentVersion,
            DockerVersion = facts?.DockerVersion,
            PeerIps = PeerAddresses(node, snapshot.Nodes),
            NodeNumber = node.Number,
            InitialMember = node.Number <= snapshot.Grid.InitialSize,
            Degraded = connected && liveness?.Troubles.Count > 0,
            Warnings = NodeWarnings.Of(node, connected ? liveness : null, now),
            ClockAhead = connected ? liveness?.ClockAhead : null,
            VersionSkew = NodeWarnings.SkewOf(facts?.AgentVersion, NodeWarnings.OwnVersion),
            Drain = node.Availability == NodeAvailability.Drain ? DrainOf(snapshot.Drains.GetValueOrDefault(node.Name)) : null,
            Grid = GridRendering.RenderForNode(snapshot.Grid, withToken),
            ResourceUsage = Usage(node, connected, stats.Nodes.FirstOrDefault(one => one.Node == node.Name)?.NodeStats),
        };
    }

    public static NodeHealthJson RenderHealth(Node node, GridSnapshot snapshot)
    {
        var liveness = snapshot.Liveness.GetValueOrDefault(node.Name);
        return new NodeHealthJson
        {
            Id = $"{node.Grid}/{node.Name}",
            Name = node.Name,
            NodeNumber = node.Number,
            InitialMember = node.Number <= snapshot.Grid.InitialSize,
            Status = StatusOf(node, connected: true, liveness),
            ConnectedAt = liveness?.ConnectedAt,
            DisconnectedAt = liveness?.DisconnectedAt,
            Connected = true,
            EtcdHealth = new EtcdHealthJson(null, NoEtcd),
        };
    }

    /// <summary>First that fits (rest-api.md §23); <c>restarting</c> is ours.</summary>
    public static string StatusOf(Node node, bool connected, NodeLiveness? liveness) => node switch
    {
        { NodeId: null } => "created",
        _ when !connected => "offline",
        _ when liveness?.RestartsSince is not null => "restarting",
        { Facts: null } => "connecting",
        { Availability: NodeAvailability.Drain } => "drain",
        _ => "online",
    };

    /// <summary>The subnet's base with the node's number in its last bits; null when the grid's subnet is not IPv4.</summary>
    public static string? OverlayAddress(string subnet, int number)
    {
        if (!IPNetwork.TryParse(subnet, out var network) || network.BaseAddress.GetAddressBytes() is not { Length: 4 } bytes)
            return null;
        BinaryPrimitives.WriteUInt32BigEndian(bytes, BinaryPrimitives.ReadUInt32BigEndian(bytes) | (uint)number);
        return new IPAddress(bytes).ToString();
    }

    /// <summary>How this node reaches the others: by private address within a region, else by public address.</summary>
    public static IReadOnlyList<string> PeerAddresses(Node node, IReadOnlyList<Node> nodes) =>
        [.. nodes.Where(other => other.Name != node.Name)
            .Select(other => RegionOf(other) == RegionOf(node) ? other.Facts?.PrivateIp : other.Facts?.PublicIp)
            .OfType<string>().Distinct()];

    private static NodeDrainJson? DrainOf(NodeDrain? drain) => drain is null ? null : new NodeDrainJson
    {
        StartedAt = drain.StartedAt,
        FinishedAt = drain.FinishedAt,
        Instances = drain.Instances,
        Left = [.. drain.Left.Select(one => new DrainedInstanceJson(one.Name, one.State.ToString().ToLowerInvariant(), one.Reason))],
    };

    private static string RegionOf(Node node) =>
        node.Labels.FirstOrDefault(label => label.StartsWith("region=", StringComparison.Ordinal))?["region=".Length..] ?? DefaultRegion;

    private static IReadOnlyList<DriverJson> Drivers(IReadOnlyList<DriverVersion>? drivers) =>
        [.. (drivers ?? []).Select(driver => new DriverJson(driver.Name, driver.Version))];

    /// <summary>A connected node always shows its engine's filesystem, measured or not: the original <c>grid show</c> stops without it (rest-api.md §10.1).</summary>
    private static ResourceUsageJson? Usage(Node node, bool connected, NodeStats? stats)
    {
        if (stats is null)
            return connected ? new ResourceUsageJson { Filesystem = [new FilesystemJson { Name = node.Facts?.EngineRootDir ?? "" }] } : null;

        return new ResourceUsageJson
        {
            Memory = new MemoryUsageJson
            {
                Total = stats.MemoryTotal,
                Free = stats.MemoryFree,
                Used = stats.MemoryTotal - stats.MemoryFree,
                Active = stats.MemoryActive,
                Inactive = stats.MemoryInactive,
                Cached = stats.MemoryCached,
                Buffers = stats.MemoryBuffers,
            },
            Load = new LoadJson { OneMinute = stats.Load1, FiveMinutes = stats.Load5, FifteenMinutes = stats.Load15 },
            Filesystem =
            [
                new FilesystemJson
                {
                    Name = node.Facts?.EngineRootDir ?? stats.DiskPath,
                    Free = stats.DiskFree,
                    Available = stats.DiskFree,
                    Used = stats.DiskTotal - stats.DiskFree,
                    Total = stats.DiskTotal,
                },
            ],
            Cpu = new CpuUsageJson { NumCores = stats.Cores, System = stats.CpuSystem, User = stats.CpuUser, Idle = stats.CpuIdle },
        };
    }
}
