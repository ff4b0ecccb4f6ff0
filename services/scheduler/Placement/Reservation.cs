using Kontena.Contracts.Instances;
using Kontena.Contracts.Services;

namespace Kontena.Scheduler.Placement;

/// <summary>What one instance takes of its node: what its service asks for, else its limits, else the memory it was seen to use and a quarter
/// more.</summary>
/// <param name="Load">One instance with its cores and its memory.</param>
/// <param name="MemoryIsSeen">Nobody said how much memory it needs: it is a guess, and never a reason to move what runs.</param>
internal readonly record struct Reservation(NodeLoad Load, bool MemoryIsSeen)
{
    /// <summary>For an instance that is yet to be placed.</summary>
    /// <param name="peak">The most memory that one of the service was seen to use, in bytes; 0 when not known.</param>
    public static Reservation Of(ServiceSpec spec, long peak)
    {
        var said = spec.MemoryReservation ?? spec.Memory ?? (spec.MemorySwap > 0 ? spec.MemorySwap : null);
        return new Reservation(new NodeLoad(1, Nano(spec.CpuReservation ?? spec.Cpus ?? 0), said ?? peak + (peak / 4)), said is null);
    }

    /// <summary>For one that was placed: what was kept for it then. One from before that was noted has its limits.</summary>
    public static NodeLoad Of(Instance instance)
    {
        if (instance.Granted is { } granted)
            return new NodeLoad(1, Nano(granted.Cpus), granted.Memory);
        return instance.Spec is { } spec
            ? new NodeLoad(1, Nano(spec.Cpus ?? 0), spec.Memory ?? (spec.MemorySwap > 0 ? spec.MemorySwap.Value : 0))
            : new NodeLoad(1, 0, 0);
    }

    public GrantedResources ToGrant() => new(Load.Cpus, Load.Memory);

    private static long Nano(double cpus) => (long)Math.Round(cpus * NodeLoad.Nano);
}
