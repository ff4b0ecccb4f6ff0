using Kontena.Contracts.Instances;
using Kontena.Contracts.Services;

namespace Kontena.Scheduler.Placement;

/// <summary>What one instance takes of its node: its limits.</summary>
internal static class Reservation
{
    /// <summary>For an instance that is yet to be placed.</summary>
    public static NodeLoad Of(ServiceSpec spec) => new(1, Nano(spec.Cpus), Memory(spec.Memory, spec.MemorySwap));

    /// <summary>For one that was placed: what it was granted then.</summary>
    public static NodeLoad Of(Instance instance) =>
        instance.Spec is { } spec ? new NodeLoad(1, Nano(spec.Cpus), Memory(spec.Memory, spec.MemorySwap)) : new NodeLoad(1, 0, 0);

    private static long Nano(double? cpus) => (long)Math.Round((cpus ?? 0) * NodeLoad.Nano);

    private static long Memory(long? memory, long? memorySwap) => memory ?? (memorySwap > 0 ? memorySwap.Value : 0);
}
