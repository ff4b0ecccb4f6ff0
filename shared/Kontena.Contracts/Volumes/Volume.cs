namespace Kontena.Contracts.Volumes;

/// <summary>A named volume of a grid: what may be mounted by name. Written by grid-manager; the document id is the name (runtime.md §2.13).</summary>
public sealed record Volume
{
    public required string Grid { get; init; }

    /// <summary>1 to 63 of <c>[A-Za-z0-9_-]</c>, the first not <c>-</c>.</summary>
    public required string Name { get; init; }

    /// <summary>24 hex digits, new for each creation: tells a volume, and its data, from an earlier one of the same name.</summary>
    public required string Uid { get; init; }
    public required VolumeScope Scope { get; init; }

    /// <summary>The name of a volume driver, without a version.</summary>
    public required string Driver { get; init; }
    public IReadOnlyDictionary<string, string> DriverOpts { get; init; } = new Dictionary<string, string>();

    /// <summary>Set when removal was asked. The scheduler orders every node that holds some of it to remove it, says <see cref="VolumeTornDown"/>, and the
    /// document goes.</summary>
    public DateTimeOffset? RemovedAt { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>Who shares the data of a volume.</summary>
public enum VolumeScope
{
    /// <summary>Nobody: each instance has its own, and stays on the node that holds it.</summary>
    Instance,

    /// <summary>The services of a stack that are on one node; on all nodes, when the driver shares.</summary>
    Stack,

    /// <summary>All services on one node; on all nodes, when the driver shares.</summary>
    Grid,
}

/// <summary>Where data of a volume is: one Docker volume on one machine. Written by the scheduler, when it places an instance there or the node says that
/// it has it; outlives the instance, the service and the node's record. Only the node's own word that it is gone removes it.</summary>
public sealed record VolumeInstance
{
    public required string Grid { get; init; }

    /// <summary>The Docker engine's id of the machine: it stays what it is when the node's record does not.</summary>
    public required string NodeId { get; init; }

    /// <summary>What the node was called when the volume was last heard of.</summary>
    public required string Node { get; init; }

    /// <summary>The Docker volume's name.</summary>
    public required string Name { get; init; }
    public required string Volume { get; init; }
    public required string VolumeUid { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Since when the node is to remove it; null as long as it is not.</summary>
    public DateTimeOffset? RemovalOrderedAt { get; init; }

    /// <summary>Why the node could not remove it yet.</summary>
    public string? Error { get; init; }

    public static string DocumentId(string nodeId, string name) => $"{nodeId}/{name}";
}
