using Kontena.Contracts.Instances;
using Kontena.NodeAgent.Health;
using Kontena.NodeAgent.Instances.Steps;
using Kontena.NodeAgent.Orders;

namespace Kontena.NodeAgent.Instances;

/// <summary>What to do next for an instance that may have two containers: one at its name, and its successor that gets ready beside it (decision 0027). With one
/// container it is the plan of <see cref="InstanceReconciler"/>. Pure.</summary>
/// <remarks>
/// Nothing is kept beside the containers themselves: who is who is told by name and labels, so whatever was cut short is finished from what is there.
/// A running predecessor is stopped only when its successor serves; a successor that fails is removed. In the end there is one container, at its name.
/// </remarks>
internal static class StartFirst
{
    /// <param name="seen">The container at the instance's name, or its only one.</param>
    /// <param name="next">The one at the successor's name beside it.</param>
    public static InstancePlan Plan(
        InstanceOrder? order, ContainerSight? seen, ContainerSight? next, InstanceMemory memory, DateTimeOffset now, bool leaseOver = false)
    {
        if (order is null)
            return InstancePlan.Nothing;
        if (seen is { State: "removing" } || next is { State: "removing" })
            return InstancePlan.Wait(now + InstanceReconciler.Busy);
        if (next is null)
        {
            if (seen?.Name == SuccessorName.Of(order.Name) && order.Desired != DesiredState.Removed)
                return TakesName(order, seen, memory, now, leaseOver);
            return BeginsBeside(order, seen, memory, now) is { } begin
                ? begin
                : InstanceReconciler.Plan(order, seen, memory, now, leaseOver);
        }

        if (memory.RetryAt > now)
            return InstancePlan.Wait(memory.RetryAt.Value);
        if (seen is null || order.Desired != DesiredState.Running)
            return Drop(order, next);
        // It ended by itself meanwhile: what is left to be replaced, or to be waited for, is the other.
        if (!seen.Running && next.Running)
            return Retire(order, seen);
        if (InstanceReconciler.MustResolve(order, seen, memory) && InstanceReconciler.MustResolve(order, next, memory))
            return new InstancePlan([InstanceReconciler.Pull(order.Spec!)]) { IsQuiet = seen.Running };
        if (InstanceReconciler.IsCurrent(order, seen, memory) || !InstanceReconciler.IsCurrent(order, next, memory))
            return Drop(order, next);
        if (!seen.Running)
            return Retire(order, seen);
        // Not kept any more since the order has changed: the successor that runs is the one.
        if (!Applies(order, seen))
            return next.Running ? Retire(order, seen) : Drop(order, next);
        return PlanSuccessor(order, order.Spec!, seen, next, memory, now);
    }

    /// <summary>Whether the container is kept until its successor is ready. Data has one writer and a port one holder: there it can't be.</summary>
    public static bool Applies(InstanceOrder order, ContainerSight old) =>
        order is { Desired: DesiredState.Running, Spec: { ReplaceOrder: InstanceSpec.StartFirst, RunOnce: null, Stateful: false, Net: "bridge", Ports.Count: 0 } } && !old.Stateful;

    /// <summary>Whether the successor is what is to be told of the instance: it serves.</summary>
    public static bool HasTakenOver(InstanceOrder? order, ContainerSight? next, InstanceMemory memory) =>
        order is { Desired: DesiredState.Running, Spec: { } spec } && next is not null
        && InstanceReconciler.IsCurrent(order, next, memory) && Readiness.Serves(spec, next, memory);

    /// <summary>Whether an older container serves on while its successor is awaited, or after that has failed.</summary>
    public static bool ServesOn(InstanceOrder order, ContainerSight old, InstanceMemory memory) =>
        old.Running && Applies(order, old) && memory.Served == Start.Of(old) && old.Health != "unhealthy";

    private static InstancePlan? BeginsBeside(InstanceOrder order, ContainerSight? seen, InstanceMemory memory, DateTimeOffset now)
    {
        if (seen is not { Running: true } || memory.RetryAt > now || !Applies(order, seen)
            || InstanceReconciler.MustResolve(order, seen, memory) || InstanceReconciler.IsCurrent(order, seen, memory))
        {
            return null;
        }

        return new InstancePlan(InstanceReconciler.CreationOf(order, SuccessorName.Of(order.Name), old: null, memory))
        {
            OnSuccessor = true,
            IsQuiet = true,
        };
    }

    /// <summary>The predecessor is gone: the rest of the replacement is the name. Somebody else may have it, so whatever else is to be done comes first;
    /// except that the container makes no room for another while that one could have neither of the names: it serves on, and the error tells who is in the way.</summary>
    private static InstancePlan TakesName(InstanceOrder order, ContainerSight seen, InstanceMemory memory, DateTimeOffset now, bool leaseOver)
    {
        var plan = InstanceReconciler.Plan(order, seen, memory, now, leaseOver);
        var needsName = seen.Running && plan.Steps.Any(step => step is CreateContainer);
        if (plan.Steps.Count > 0 && !needsName)
            return plan;
        return memory.RetryAt > now ? InstancePlan.Wait(memory.RetryAt.Value) : new InstancePlan([new RenameContainer(seen.Id, order.Name)]);
    }

    private static InstancePlan PlanSuccessor(
        InstanceOrder order, InstanceSpec spec, ContainerSight seen, ContainerSight next, InstanceMemory memory, DateTimeOffset now)
    {
        if (next is { State: "created", EngineError: "" })
            return Beside(InstanceReconciler.StartOf(order, next));
        if (!next.Running)
            return GiveUp(spec, seen, next, reason: null);
        if (memory.Ready != Start.Of(next))
        {
            return next.StartedAt + AwaitReady.PortDeadline <= now
                ? GiveUp(spec, seen, next, memory.Error ?? $"not ready {AwaitReady.PortDeadline.TotalSeconds:0} s after its start")
                : Beside([new AwaitReady()]);
        }

        if (Readiness.Serves(spec, next, memory))
            return Retire(order, seen);
        if (Readiness.WhyUnhealthy(spec, next, memory) is { } reason)
            return GiveUp(spec, seen, next, reason);
        if (Readiness.Deadline(spec, next) is not { } deadline)
            return InstancePlan.Nothing;
        var seconds = (now - (next.StartedAt ?? now)).TotalSeconds;
        return deadline > now
            ? InstancePlan.Wait(deadline)
            : GiveUp(spec, seen, next, $"not ready {seconds:0} s after its start: {Readiness.WhyNotReady(spec, next, memory) ?? "no check has passed yet"}");
    }

    /// <summary>The successor has failed: noted first, then it goes. Its predecessor is not touched.</summary>
    private static InstancePlan GiveUp(InstanceSpec spec, ContainerSight seen, ContainerSight next, string? reason) => Beside(
    [
        new NoteFailedSuccessor(next, seen, reason),
        .. next.Running ? (InstanceStep[])[new StopContainer(next.Id, spec.StopGracePeriod)] : [],
        new RemoveContainer(next.Id, AnonymousVolumes: true),
    ]);

    /// <summary>The predecessor goes as any container that is replaced; the name follows.</summary>
    private static InstancePlan Retire(InstanceOrder order, ContainerSight seen) =>
        new(InstanceReconciler.RemovalOf(order, seen)) { IsQuiet = true };

    /// <summary>A successor that is not wanted any more: it served nobody yet, so no hook has to hear of it.</summary>
    private static InstancePlan Drop(InstanceOrder order, ContainerSight next) => Beside(
    [
        .. next.Running ? (InstanceStep[])[new StopContainer(next.Id, order.Spec?.StopGracePeriod ?? next.StopGracePeriod)] : [],
        new RemoveContainer(next.Id, AnonymousVolumes: !next.Stateful),
    ]);

    private static InstancePlan Beside(IReadOnlyList<InstanceStep> steps) => new(steps) { OnSuccessor = true, IsQuiet = true };
}
