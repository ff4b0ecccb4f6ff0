using System.Text.Json.Serialization;

namespace Kontena.Contracts.Http;

/// <summary>Newest measurement of each running container (rest-api.md §18.1).</summary>
public sealed record StatsJson(IReadOnlyList<ContainerStatsJson> Stats);

/// <summary>Nulls until the container was first measured.</summary>
public sealed record ContainerStatsJson
{
    /// <summary>The container's <em>name</em>.</summary>
    public string ContainerId { get; init; } = "";
    public CpuStatsJson? Cpu { get; init; }
    public MemoryStatsJson? Memory { get; init; }
    public NetworkStatsJson? Network { get; init; }
}

/// <param name="Usage">Percent of one core.</param>
/// <param name="Limit">Percent.</param>
/// <param name="NumCores">Of the node.</param>
public sealed record CpuStatsJson(double Usage, int Limit, int NumCores);

/// <summary>Bytes.</summary>
public sealed record MemoryStatsJson(long Usage, long Limit);

public sealed record NetworkStatsJson(InterfaceStatsJson Internal, InterfaceStatsJson External);

/// <summary>Bytes since the container started, and bytes a second.</summary>
public sealed record InterfaceStatsJson
{
    public IReadOnlyList<string> Interfaces { get; init; } = [];
    public long RxBytes { get; init; }
    public double RxBytesPerSecond { get; init; }
    public long TxBytes { get; init; }
    public double TxBytesPerSecond { get; init; }
}
