using Kontena.Contracts.Instances;

namespace Kontena.NodeAgent.Orders;

/// <summary>Which order wins: the newest generation; a repeated one changes nothing (design law 1).</summary>
internal static class OrderRules
{
    /// <summary>The order to keep, or null when the message is old or says nothing new.</summary>
    public static InstanceOrder? Take(InstanceOrder? known, ApplyInstance order, DateTimeOffset now)
    {
        // A removal of the same generation is the later word: the scheduler counts up when it changes its mind.
        if (known is not null && known.Generation >= order.Generation)
            return null;
        return new InstanceOrder
        {
            InstanceId = order.InstanceId,
            Generation = order.Generation,
            Desired = order.Desired == DesiredState.Stopped ? DesiredState.Stopped : DesiredState.Running,
            Name = order.Spec.Name,
            Spec = order.Spec,
            TakenAt = now,
            RestartRequestedAt = known?.RestartRequestedAt,
            RestartAsked = known?.RestartAsked,
            HooksDone = known?.HooksDone ?? [],
            AdoptedVolumes = known?.AdoptedVolumes ?? [],
            Kept = known?.Kept,
        };
    }

    /// <summary>The tombstone to keep, or null when the message is old or already followed.</summary>
    public static InstanceOrder? Take(InstanceOrder? known, RemoveInstance order, DateTimeOffset now)
    {
        if (known is not null)
        {
            var older = known.Generation > order.Generation;
            var followed = known.Generation == order.Generation && known.Desired == DesiredState.Removed
                && (known.RemoveData || !order.RemoveData);
            if (older || followed)
                return null;
        }

        return new InstanceOrder
        {
            InstanceId = order.InstanceId,
            Generation = order.Generation,
            Desired = DesiredState.Removed,
            Name = order.Name,
            Spec = known?.Spec,
            RemoveData = order.RemoveData,
            TakenAt = now,
            AdoptedVolumes = known?.AdoptedVolumes ?? [],
        };
    }

    /// <summary>The order with the restart noted, or null when there is nothing to restart or it is noted already.</summary>
    public static InstanceOrder? Take(InstanceOrder? known, RestartInstance order, DateTimeOffset now)
    {
        if (known is null || known.Desired != DesiredState.Running)
            return null;
        // Clocks differ: the sender's time tells requests apart, and is compared with nothing else. When the container started is told by ours.
        return known.RestartAsked == order.RequestedAt ? null : known with { RestartAsked = order.RequestedAt, RestartRequestedAt = now };
    }
}
