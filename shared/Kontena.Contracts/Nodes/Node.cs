using System.Text.Json.Serialization;

namespace Kontena.Contracts.Nodes;

/// <summary>One machine that runs node-agent. Written by grid-manager; id is the name (runtime.md §1.3).</summary>
public sealed record Node
{
    public required string Grid { get; init; }
    public required string Name { get; init; }

    /// <summary>1 to 254, the smallest free one of the grid.</summary>
    public required int Number { get; init; }

    /// <summary>The Docker engine's id; null until an agent has joined as this node.</summary>
    public string? NodeId { get; init; }

    /// <summary>A token for this node alone; null when it joined with the grid's.</summary>
    public string? Token { get; init; }
    public IReadOnlyList<string> Labels { get; init; } = [];
    public NodeAvailability Availability { get; init; } = NodeAvailability.Active;

    /// <summary>What the agent last said of its machine; null until it has.</summary>
    public NodeFacts? Facts { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
}

public enum NodeAvailability
{
    Active,

    /// <summary>Nothing new is placed here; stateless instances move, stateful ones stop.</summary>
    Drain,
}

/// <summary>What we believe of a node from its heartbeats. Written by grid-manager, apart from the node's wanted facts; id is the node's name.</summary>
public sealed record NodeLiveness
{
    public required string Grid { get; init; }
    public required string Node { get; init; }
    public required LivenessState State { get; init; }
    public DateTimeOffset? ConnectedAt { get; init; }

    /// <summary>Stored at most every ten seconds, so it may be that old.</summary>
    public DateTimeOffset? LastSeenAt { get; init; }
    public DateTimeOffset? DisconnectedAt { get; init; }
}

public enum LivenessState
{
    Offline,

    /// <summary>Three heartbeats missed: nothing new is placed here, nothing is moved yet.</summary>
    Suspect,
    Online,
}

/// <summary>A node's machine, as its agent sees it. Sent when it changes.</summary>
public sealed record NodeFacts
{
    public string? Os { get; init; }
    public string? KernelVersion { get; init; }
    public string? DockerVersion { get; init; }
    public string? AgentVersion { get; init; }

    /// <summary>Docker's storage driver.</summary>
    public string? StorageDriver { get; init; }
    public string? EngineRootDir { get; init; }
    public int Cpus { get; init; }

    /// <summary>Bytes.</summary>
    public long MemoryTotal { get; init; }

    /// <summary>The disk that holds the engine's data is fuller than the agent's high mark: nothing new should be placed here. Not written
    /// when false, so that the hash of the facts is that which an older control plane computes.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool DiskPressure { get; init; }
    public string? PublicIp { get; init; }
    public string? PrivateIp { get; init; }
    public IReadOnlyList<DriverVersion> NetworkDrivers { get; init; } = [];
    public IReadOnlyList<DriverVersion> VolumeDrivers { get; init; } = [];
}

public sealed record DriverVersion(string Name, string? Version);
