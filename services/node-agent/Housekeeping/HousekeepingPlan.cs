using Kontena.Docker;
using Kontena.NodeAgent.Orders;

namespace Kontena.NodeAgent.Housekeeping;

/// <summary>What is on the machine, and what is known of it.</summary>
internal sealed record HousekeepingScene
{
    public required DateTimeOffset Now { get; init; }

    /// <summary>Null: not to be seen from here, so no image is removed.</summary>
    public DiskUse? Disk { get; init; }

    /// <summary>Percent from which images are removed, and down to which.</summary>
    public required double High { get; init; }
    public required double Low { get; init; }
    public IReadOnlyList<ImageSummary> Images { get; init; } = [];

    /// <summary>All containers of the engine, ours or not, in any state.</summary>
    public IReadOnlyList<ContainerSummary> Containers { get; init; } = [];
    public IReadOnlyList<InstanceOrder> Orders { get; init; } = [];
    public IReadOnlyList<ImageUse> Uses { get; init; } = [];
}

/// <summary>What may go, first things first, and why what stays stays.</summary>
/// <param name="Hooks">Containers of hooks that nobody waits for.</param>
/// <param name="Images">Until the disk is below its low mark; the least lately used first.</param>
internal sealed record HousekeepingPlan(IReadOnlyList<HookRemoval> Hooks, IReadOnlyList<ImageRemoval> Images, IReadOnlyList<ImageKept> Kept);

internal sealed record HookRemoval(string ContainerId, string Name, string Reason);

/// <param name="References">What to remove: every name of the image, or its id when it has none.</param>
/// <param name="Size">Bytes, shared layers included: at most this is won.</param>
internal sealed record ImageRemoval(string ImageId, IReadOnlyList<string> References, long Size, string Reason);

internal sealed record ImageKept(string ImageId, string Name, string Reason);
