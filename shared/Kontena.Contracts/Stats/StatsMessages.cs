namespace Kontena.Contracts.Stats;

/// <summary>One round of measurements of a node and its containers (data connection).</summary>
public sealed record StatsBatch
{
    public required string Grid { get; init; }
    public required string Node { get; init; }
    public required DateTimeOffset At { get; init; }
    public NodeStats? NodeStats { get; init; }
    public IReadOnlyList<ContainerStats> Containers { get; init; } = [];
}

/// <summary>Bytes, and percent of one core summed over cores.</summary>
public sealed record NodeStats
{
    public long MemoryTotal { get; init; }
    public long MemoryFree { get; init; }
    public long MemoryCached { get; init; }
    public long MemoryBuffers { get; init; }
    public double Load1 { get; init; }
    public double Load5 { get; init; }
    public double Load15 { get; init; }
    public double CpuUser { get; init; }
    public double CpuSystem { get; init; }
    public double CpuIdle { get; init; }
    public int Cores { get; init; }
    public string DiskPath { get; init; } = "";
    public long DiskTotal { get; init; }
    public long DiskFree { get; init; }

    /// <summary>0 from an agent that does not measure it yet.</summary>
    public long MemoryActive { get; init; }

    /// <inheritdoc cref="MemoryActive"/>
    public long MemoryInactive { get; init; }

    /// <summary>The grid's links to other nodes; null from an agent that does not measure it yet.</summary>
    public NetworkReading? Internal { get; init; }

    /// <summary>The interfaces that lead out of the machine by default, which also carry what goes through <see cref="Internal"/>; null from an agent that does not measure it yet.</summary>
    public NetworkReading? External { get; init; }
}

public sealed record ContainerStats
{
    public required string Stack { get; init; }
    public required string Service { get; init; }
    public required int Instance { get; init; }
    public required string InstanceId { get; init; }
    public required string ContainerId { get; init; }

    /// <summary>Percent of one core.</summary>
    public double CpuPercent { get; init; }

    /// <summary>Bytes.</summary>
    public long MemoryUsage { get; init; }
    public long MemoryLimit { get; init; }
    public long NetworkRx { get; init; }
    public long NetworkTx { get; init; }

    /// <summary>Bytes a second since the measurement before; 0 for the first.</summary>
    public double NetworkRxPerSecond { get; init; }

    /// <inheritdoc cref="NetworkRxPerSecond"/>
    public double NetworkTxPerSecond { get; init; }
}

/// <summary>Question for the newest measurement of a node and of each container of a grid. Answered with <see cref="LatestStats"/>.</summary>
public sealed record QueryLatestStats
{
    public required string Grid { get; init; }
}

public sealed record LatestStats
{
    public IReadOnlyList<StatsBatch> Nodes { get; init; } = [];
}
