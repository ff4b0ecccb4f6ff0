using Kontena.Contracts.Instances;
using Kontena.Contracts.Nodes;
using Kontena.NodeAgent.Health;
using Kontena.NodeAgent.Orders;

namespace Kontena.NodeAgent.Instances;

/// <summary>What is reported of an instance, from the order, the last look and the notes. Pure.</summary>
internal static class InstanceObservation
{
    /// <param name="order">Null: a container of ours that nobody ordered.</param>
    /// <param name="phase">What a step is doing right now; null when nothing is under way.</param>
    public static InstanceObserved Of(
        string instanceId,
        string nodeId,
        NodeJoined joined,
        InstanceOrder? order,
        ContainerSight? seen,
        InstanceMemory memory,
        ObservedState? phase,
        DateTimeOffset now)
    {
        var current = order?.Spec is not null && seen is not null && InstanceReconciler.IsCurrent(order, seen, memory);
        var ready = current && order!.Desired == DesiredState.Running && phase is null or ObservedState.Pulling
            && Readiness.Serves(order!.Spec!, seen!, memory);
        if (!current && order is not null && seen is not null)
            ready = StartFirst.ServesOn(order, seen, memory);
        // Whatever is ordered: what runs answers until it is about to be stopped.
        var serves = phase is null or ObservedState.Pulling && seen is not null && (current && order!.Desired == DesiredState.Running
            ? Readiness.Serves(order.Spec!, seen, memory)
            : seen.Running && memory.Served == Start.Of(seen) && seen.Health != "unhealthy");
        var (health, healthAt) = current ? Readiness.Verdict(order!.Spec!, seen!, memory) : (null, null);
        return new InstanceObserved
        {
            Grid = joined.Grid,
            Node = joined.Node,
            NodeId = nodeId,
            InstanceId = instanceId,
            // What is on a container's label was taken up by an order that this node no longer has: nobody would restart it, so the order has to come again.
            Generation = order?.Generation ?? 0,
            Sequence = 0,
            State = StateOf(order, seen, memory, phase),
            Ready = ready,
            Serves = serves,
            Error = memory.Error ?? RunOncePlan.Problem(order, seen),
            DeployRev = current ? order!.Spec!.DeployRev : seen?.DeployRev,
            ServiceRevision = seen?.ServiceRevision,
            ContainerId = seen?.Id,
            ContainerName = seen is null ? null : SuccessorName.Plain(seen.Name),
            Image = seen?.Image,
            ImageId = seen?.ImageId,
            ImagePin = seen?.ImagePin,
            Address = seen is { Running: true } ? seen.Address : null,
            CreatedAt = seen?.CreatedAt,
            StartedAt = seen?.StartedAt,
            FinishedAt = seen is { Running: false } ? seen.FinishedAt : null,
            ExitCode = seen is { Running: false, StartedAt: not null } ? seen.ExitCode : null,
            OomKilled = seen is { Running: false, OomKilled: true },
            Pid = seen is { Running: true } ? seen.Pid : null,
            Restarts = memory.Restarts,
            RestartReason = memory.History.Reason,
            NextStartAt = memory.History.Reason is not null && order?.Desired == DesiredState.Running && memory.RetryAt > now ? memory.RetryAt : null,
            CrashLooping = order?.Desired == DesiredState.Running && memory.History.IsLooping(now),
            Health = health,
            HealthAt = healthAt,
            HealthReason = current ? Readiness.WhyNotReady(order!.Spec!, seen!, memory) : null,
            Notice = memory.Notice,
        };
    }

    private static ObservedState StateOf(InstanceOrder? order, ContainerSight? seen, InstanceMemory memory, ObservedState? phase)
    {
        if (order is null)
            return seen is null ? ObservedState.Removed : seen.Running ? ObservedState.Running : ObservedState.Stopped;
        if (order.Desired == DesiredState.Removed)
            return order.Done && seen is null ? ObservedState.Removed : ObservedState.Stopping;
        // The predecessor still serves while its successor's image is pulled.
        if (phase is { } doing && !(doing == ObservedState.Pulling && seen is { Running: true }))
            return doing;
        if (seen is { Running: true })
            return ObservedState.Running;
        if (order.Desired == DesiredState.Stopped || RunOncePlan.IsTold(order, seen, memory))
            return ObservedState.Stopped;
        if (seen is null)
            return ObservedState.Missing;
        return memory.NotedExit == Start.Of(seen) || memory.RetryAt is not null ? ObservedState.Restarting : ObservedState.Starting;
    }
}
