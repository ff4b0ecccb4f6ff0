using Kontena.Docker.Wire;

namespace Kontena.Docker.Containers;

/// <summary>One measurement in our types.</summary>
internal static class StatsReading
{
    /// <summary>Null when the container does not run: the engine then answers with zeros and no time.</summary>
    public static ContainerStatsSample? Sample(WireStats wire)
    {
        if (GoTime.Parse(wire.Read) is not { } at || wire.Memory is not { } memory) return null;
        ulong received = 0, sent = 0;
        foreach (var network in (wire.Networks ?? []).Values)
        {
            received += network.RxBytes;
            sent += network.TxBytes;
        }

        return new ContainerStatsSample
        {
            At = at,
            CpuTotal = Long(wire.Cpu?.Usage?.Total ?? 0),
            MemoryUsage = Long(memory.Usage - Math.Min(memory.Usage, FileCache(memory))),
            MemoryLimit = Long(memory.Limit),
            NetworkRx = Long(received),
            NetworkTx = Long(sent),
        };
    }

    private static ulong FileCache(WireMemoryStats memory) =>
        memory.Stats is not { } stats ? 0
        : stats.TryGetValue("total_inactive_file", out var v1) ? v1 // cgroup v1
        : stats.GetValueOrDefault("inactive_file"); // cgroup v2

    private static long Long(ulong value) => value > long.MaxValue ? long.MaxValue : (long)value;
}
