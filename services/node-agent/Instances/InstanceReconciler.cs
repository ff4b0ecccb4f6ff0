using Kontena.Contracts.Instances;
using Kontena.NodeAgent.Health;
using Kontena.NodeAgent.Instances.Steps;
using Kontena.NodeAgent.Orders;

namespace Kontena.NodeAgent.Instances;

/// <summary>What to do next for one instance, and when to look again if nothing wakes us before.</summary>
internal sealed record InstancePlan(IReadOnlyList<InstanceStep> Steps, DateTimeOffset? LookAgainAt = null)
{
    public static readonly InstancePlan Nothing = new([]);

    /// <summary>The steps are about the successor that is beside the instance's container; otherwise about that container.</summary>
    public bool OnSuccessor { get; init; }

    /// <summary>Another container of the instance runs meanwhile: what the steps do is no phase of the instance.</summary>
    public bool IsQuiet { get; init; }

    public static InstancePlan Wait(DateTimeOffset until) => new([], until);
}

/// <summary>Compares an order with what is seen and names the next steps (runtime.md §3.3, design law 6). Pure; repeated until it names none.</summary>
internal static class InstanceReconciler
{
    /// <summary>How soon to look again at something the engine is busy with.</summary>
    public static readonly TimeSpan Busy = TimeSpan.FromMilliseconds(500);

    /// <param name="order">Null: nobody ordered this instance here, so nothing is done to it (design law 5).</param>
    /// <param name="leaseOver">It may not run now: somebody else may be about to.</param>
    public static InstancePlan Plan(InstanceOrder? order, ContainerSight? seen, InstanceMemory memory, DateTimeOffset now, bool leaseOver = false)
    {
        if (order is null)
            return InstancePlan.Nothing;
        if (seen is { State: "removing" })
            return InstancePlan.Wait(now + Busy);
        return order.Desired switch
        {
            DesiredState.Removed => PlanRemoved(order, seen, memory, now),
            DesiredState.Stopped => PlanStopped(order, seen, memory, now),
            _ when order.Spec!.RunOnce is not null => RunOncePlan.Running(order, seen, memory, now),
            _ when leaseOver => PlanFenced(order, seen),
            _ => PlanRunning(order, order.Spec!, seen, memory, now),
        };
    }

    /// <summary>Whether the container is what the order asks for, as far as its image, revision and last start tell.</summary>
    public static bool IsCurrent(InstanceOrder order, ContainerSight seen, InstanceMemory memory)
    {
        var spec = order.Spec!;
        if (seen.ServiceRevision != spec.ServiceRevision)
            return false;
        // It did not start. One that runs all the same broke off on the way, with a full disk for example: the engine has taken its network away again.
        if (seen.EngineError.Length > 0)
            return false;
        // Another deploy of the same revision replaces the container only when the image has become another.
        return (seen.DeployRev == spec.DeployRev && IsPinned(spec, seen)) || IsKept(order, seen)
            || (memory.Image?.IsFor(spec) == true && memory.Image.Details.Id == seen.ImageId);
    }

    /// <summary>Whether the container may be what is wanted, and only a look at the image can tell.</summary>
    public static bool MustResolve(InstanceOrder order, ContainerSight seen, InstanceMemory memory)
    {
        var spec = order.Spec!;
        var isOther = seen.DeployRev != spec.DeployRev || !IsPinned(spec, seen);
        return seen.ServiceRevision == spec.ServiceRevision && isOther && memory.Image?.IsFor(spec) != true && !IsKept(order, seen);
    }

    public static PullImage Pull(InstanceSpec spec) => new(spec.Image, spec.DeployRev, spec.ImagePin);

    // A container of an older agent does not say; it is left alone.
    private static bool IsPinned(InstanceSpec spec, ContainerSight seen) =>
        spec.ImagePin is null || seen.ImagePin is null || seen.ImagePin == spec.ImagePin;

    private static bool IsKept(InstanceOrder order, ContainerSight seen) =>
        order.Kept is { } kept && kept.DeployRev == order.Spec!.DeployRev && kept.Pin == order.Spec.ImagePin
        && kept.ImageId == seen.ImageId;

    private static InstancePlan PlanRemoved(InstanceOrder order, ContainerSight? seen, InstanceMemory memory, DateTimeOffset now)
    {
        if (order.Done && seen is null)
            return InstancePlan.Nothing;
        if (memory.RetryAt > now)
            return InstancePlan.Wait(memory.RetryAt.Value);
        if (RunOncePlan.HeldUntil(order, seen, now) is { } until)
            return InstancePlan.Wait(until);
        List<InstanceStep> steps = [];
        if (seen is { Running: true } && order.Spec?.RunOnce is not null)
        {
            // Its last output is read before it goes.
            AddStop(steps, order, seen);
            return new InstancePlan(steps);
        }

        if (seen is not null)
            AddRemoval(steps, order, seen);
        if (order.RemoveData)
            steps.Add(new RemoveDataVolumes());
        steps.Add(new ConfirmRemoval(order.Generation));
        return new InstancePlan(steps);
    }

    private static InstancePlan PlanStopped(InstanceOrder order, ContainerSight? seen, InstanceMemory memory, DateTimeOffset now)
    {
        if (seen is not { Running: true })
            return InstancePlan.Nothing;
        if (memory.RetryAt > now)
            return InstancePlan.Wait(memory.RetryAt.Value);
        List<InstanceStep> steps = [];
        AddStop(steps, order, seen);
        return new InstancePlan(steps);
    }

    /// <summary>No hook and no back-off: by the time that was promised it is down.</summary>
    private static InstancePlan PlanFenced(InstanceOrder order, ContainerSight? seen) => seen is { Running: true }
        ? new InstancePlan([new StopContainer(seen.Id, order.Spec!.StopGracePeriod)])
        : InstancePlan.Nothing;

    private static InstancePlan PlanRunning(
        InstanceOrder order, InstanceSpec spec, ContainerSight? seen, InstanceMemory memory, DateTimeOffset now)
    {
        if (memory.RetryAt > now)
            return InstancePlan.Wait(memory.RetryAt.Value);
        var exit = seen is null || seen.Running || seen.State == "created" ? null : Start.Of(seen);
        if (exit is not null && IsFailure(order, seen!, memory) && memory.NotedExit != exit)
            return new InstancePlan([new NoteExit(seen!)]);

        if (seen is null)
            return new InstancePlan(CreationOf(order, spec.Name, old: null, memory));
        if (MustResolve(order, seen, memory))
            return new InstancePlan([Pull(spec)]);
        if (!IsCurrent(order, seen, memory) || seen.State == "dead")
            return new InstancePlan(CreationOf(order, spec.Name, seen, memory));

        if (!seen.Running)
            return new InstancePlan(StartOf(order, seen));
        if (order.RestartRequestedAt > seen.StartedAt)
            return new InstancePlan(RestartOf(order, seen));
        return memory.Ready == Start.Of(seen) ? PlanByHealth(spec, seen, memory, now) : new InstancePlan([new AwaitReady()]);
    }

    private static InstancePlan PlanByHealth(InstanceSpec spec, ContainerSight seen, InstanceMemory memory, DateTimeOffset now)
    {
        if (Readiness.WhyUnhealthy(spec, seen, memory) is { } reason)
        {
            return new InstancePlan(memory.NotedExit == Start.Of(seen)
                ? [new RestartContainer(seen.Id, spec.StopGracePeriod), new AwaitReady()]
                : [new NoteUnhealthy(seen, reason)]);
        }

        if (memory.Served == Start.Of(seen) || memory.Error is not null || Readiness.Serves(spec, seen, memory) || Readiness.Deadline(spec, seen) is not { } deadline)
            return InstancePlan.Nothing;
        return deadline > now ? InstancePlan.Wait(deadline) : new InstancePlan([new NoteLate(seen, Readiness.WhyNotReady(spec, seen, memory))]);
    }

    /// <summary>From the image to a container that is ready. Image first: nothing is stopped before its successor can start (runtime.md §9.7 row 9).</summary>
    /// <param name="old">The container that has to make room; null when there is none, or when it is not to be touched.</param>
    public static IReadOnlyList<InstanceStep> CreationOf(InstanceOrder order, string name, ContainerSight? old, InstanceMemory memory)
    {
        var spec = order.Spec!;
        List<InstanceStep> steps = [];
        if (memory.Image?.IsFor(spec) != true)
            steps.Add(Pull(spec));
        if (spec.Secrets.Count > 0)
            steps.Add(new OpenSecrets());
        if (spec.Net == "bridge")
            steps.Add(new EnsureNetwork(spec.Grid));
        if (spec.Stateful || spec.Volumes.Any(mount => mount.Volume is not null))
            steps.Add(new EnsureVolumes());
        if (old is not null)
            AddRemoval(steps, order, old);
        steps.AddRange(Hooks(spec, order, "pre_start"));
        steps.Add(new CreateContainer(name));
        steps.Add(new StartContainer(null));
        steps.AddRange(Hooks(spec, order, "post_start"));
        steps.Add(new AwaitReady());
        return steps;
    }

    /// <summary>From a container that is there to one that is ready.</summary>
    public static IReadOnlyList<InstanceStep> StartOf(InstanceOrder order, ContainerSight seen) =>
        [.. Hooks(order.Spec!, order, "pre_start"), new StartContainer(seen.Id), .. Hooks(order.Spec!, order, "post_start"), new AwaitReady()];

    private static List<InstanceStep> RestartOf(InstanceOrder order, ContainerSight seen)
    {
        List<InstanceStep> steps = [];
        AddLeaving(steps, order, seen);
        steps.AddRange([new RestartContainer(seen.Id, order.Spec!.StopGracePeriod), new AwaitReady()]);
        return steps;
    }

    /// <summary>Until nothing is left of it but data.</summary>
    public static IReadOnlyList<InstanceStep> RemovalOf(InstanceOrder order, ContainerSight seen)
    {
        List<InstanceStep> steps = [];
        AddRemoval(steps, order, seen);
        return steps;
    }

    private static void AddStop(List<InstanceStep> steps, InstanceOrder order, ContainerSight seen)
    {
        AddLeaving(steps, order, seen);
        if (order.Spec is { } spec)
            steps.AddRange(Hooks(spec, order, "pre_stop"));
        steps.Add(new StopContainer(seen.Id, order.Spec?.StopGracePeriod ?? seen.StopGracePeriod));
    }

    // What is started once has no names.
    private static void AddLeaving(List<InstanceStep> steps, InstanceOrder order, ContainerSight seen)
    {
        if (order.Spec is { Net: "bridge", RunOnce: null })
            steps.Add(new LeaveNames(seen.Id));
    }

    private static void AddRemoval(List<InstanceStep> steps, InstanceOrder order, ContainerSight seen)
    {
        if (seen.Running)
            AddStop(steps, order, seen);
        // What a stateful instance keeps in unnamed volumes is data all the same, and is nobody's to delete here.
        steps.Add(new RemoveContainer(seen.Id, AnonymousVolumes: !seen.Stateful && order.Spec is { Stateful: false }));
    }

    private static IEnumerable<InstanceStep> Hooks(InstanceSpec spec, InstanceOrder order, string type) =>
        from hook in spec.Hooks
        where hook.Type == type && RunHook.AppliesTo(hook, spec.Number)
        where !hook.Oneshot || !order.HooksDone.Contains(RunHook.MarkOf(hook))
        select new RunHook(hook);

    /// <summary>
    /// The end of a container that is to be replaced is no failure: it may be our own stop, cut short with the agent. Neither is an exit from
    /// before the order was taken up, which was the earlier order's affair.
    /// </summary>
    private static bool IsFailure(InstanceOrder order, ContainerSight seen, InstanceMemory memory) =>
        IsCurrent(order, seen, memory) && (seen.FinishedAt is null || seen.FinishedAt > order.TakenAt);
}
