using Kontena.Contracts.Instances;

namespace Kontena.Scheduler.Deploys;

/// <summary>What a report says about an order.</summary>
internal static class InstanceReadiness
{
    /// <summary>The node has taken up what is wanted now; older reports say nothing about it.</summary>
    public static bool IsFresh(Instance instance, InstanceObserved? observed) =>
        observed is not null && observed.NodeId == instance.NodeId && observed.Generation >= instance.Generation;

    /// <summary>Up and taking work, whatever its revision.</summary>
    public static bool IsServing(InstanceObserved? observed) =>
        observed is { State: ObservedState.Running, Ready: true };

    /// <summary>The order is carried out: the container of this deploy runs and is ready.</summary>
    public static bool IsDone(Instance instance, InstanceObserved? observed) =>
        IsFresh(instance, observed)
        && IsServing(observed)
        && observed!.Error is null
        && observed.DeployRev == instance.Spec?.DeployRev
        && (observed.ServiceRevision is not { } revision || revision >= instance.Spec!.ServiceRevision);

    /// <summary>The text with which the node gave up on this order; null while it has not.</summary>
    public static string? Failure(Instance instance, InstanceObserved? observed) =>
        IsFresh(instance, observed) ? observed!.Error : null;
}
