using Kontena.Contracts.Stats;

namespace Kontena.LogCollector.Measurements;

/// <summary>One measurement of one node, or of one container on it.</summary>
/// <param name="Of">The container's id; empty for the node itself.</param>
/// <param name="Cores">Of the node.</param>
internal sealed record Measurement(DateTimeOffset At, string Of, int Cores, Figures Figures)
{
    public IReadOnlyList<string> Internal { get; init; } = [];
    public IReadOnlyList<string> External { get; init; } = [];

    /// <summary>CPU time used for users and the system, as in rest-api.md §18.2: what waits for a disk is not in use.</summary>
    public static Measurement OfNode(DateTimeOffset at, NodeStats node) => new(at, "", node.Cores, new Figures
    {
        Cpu = node.CpuUser + node.CpuSystem,
        MemoryUsed = node.MemoryTotal - node.MemoryFree,
        MemoryTotal = node.MemoryTotal,
        MemoryFree = node.MemoryFree,
        MemoryActive = node.MemoryActive,
        MemoryInactive = node.MemoryInactive,
        MemoryCached = node.MemoryCached,
        MemoryBuffers = node.MemoryBuffers,
        DiskUsed = node.DiskTotal - node.DiskFree,
        DiskTotal = node.DiskTotal,
        Internal = Traffic.Of(node.Internal),
        External = Traffic.Of(node.External),
    })
    {
        Internal = node.Internal?.Interfaces ?? [],
        External = node.External?.Interfaces ?? [],
    };

    /// <summary>A container has one interface, which counts as internal.</summary>
    public static Measurement OfContainer(DateTimeOffset at, int cores, ContainerStats container) => new(at, container.ContainerId, cores, new Figures
    {
        Cpu = container.CpuPercent,
        MemoryUsed = container.MemoryUsage,
        MemoryTotal = container.MemoryLimit,
        Internal = new Traffic(container.NetworkRx, container.NetworkRxPerSecond, container.NetworkTx, container.NetworkTxPerSecond),
    })
    {
        Internal = ["eth0"],
    };
}
