using Kontena.Contracts.Deploys;
using Kontena.Contracts.Events;
using Kontena.Contracts.Instances;
using Kontena.Contracts.Messaging;
using Kontena.Contracts.Services;
using Kontena.Scheduler.Deploys;
using Kontena.Scheduler.Events;
using Kontena.Scheduler.InstanceSpecs;
using Kontena.Scheduler.Placement;
using Kontena.Scheduler.Snapshots;

namespace Kontena.Scheduler.Repair;

/// <summary>Running stateless services whose instances lag behind get a deploy without being asked (runtime.md §2.2). Stateful ones never
/// do, but for one that was started and never deployed: it has no data that could be disturbed.</summary>
/// <remarks>Attempts that fail are repeated after 15 s, 30 s, … up to 15 min. One that found no node is not repeated at all until a node
/// would be found: that is one open condition, not a failing deploy every sweep (runtime.md §9.1 D3).</remarks>
internal static class AutomaticDeploys
{
    /// <summary>A change is left alone this long: who made it usually asks for the deploy too.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LastRetry = TimeSpan.FromMinutes(15);

    public static void Run(GridDraft draft, GridMemory memory, DateTimeOffset now, Func<string> newId)
    {
        var deploying = draft.StackDeploys.By(Groupings.OpenStackDeploys).Of(Groupings.All).Values.Select(deploy => deploy.Stack).ToHashSet(StringComparer.Ordinal);
        foreach (var service in draft.Services.Values.OrderBy(one => one.UpdatedAt).ThenBy(one => one.Uid, StringComparer.Ordinal))
        {
            if (service is not { RemovedAt: null, State: ServiceState.Running } || deploying.Contains(service.Stack) || memory.Settled.IsStill(draft, service))
                continue;
            // By another process's clock: one that is ahead of ours must not hold everything up until we have caught up with it.
            if ((now - service.UpdatedAt).Duration() < Settling)
                continue;
            var deploys = DeployQueue.Of(draft, service.Stack, service.Name).Where(one => one.ServiceUid == service.Uid).ToList();
            var own = draft.InstancesOf(service.Uid);
            if (deploys.Exists(one => !DeployQueue.IsFinished(one.State)) || (service.Spec.Stateful && (own.Count > 0 || deploys.Count > 0)))
                continue;
            Check(draft, memory, service, deploys, own, now, newId);
        }
    }

    private static void Check(
        GridDraft draft, GridMemory memory, Service service, List<ServiceDeploy> deploys, IReadOnlyList<Instance> own, DateTimeOffset now, Func<string> newId)
    {
        var last = deploys.MaxBy(one => one.Id, StringComparer.Ordinal);
        RenewByInterval(draft, memory, service, last, now);

        // What failed before the service's last change says nothing about it now.
        var failed = deploys
            .Where(one => one.FinishedAt > service.UpdatedAt || service.UpdatedAt > now)
            .OrderByDescending(one => one.Id, StringComparer.Ordinal)
            .TakeWhile(one => one.State == DeployState.Error)
            .ToList();
        if (failed.Count > 0 && failed[0].FinishedAt is { } ended && (now - ended).Duration() < Wait(failed.Count))
            return;

        // What has to be completed before is completed by a stack deploy, and not by itself.
        var held = IsHeld(service, deploys) || StackDependencies.AwaitsCompletion(draft, service);
        var plan = PlacementPlanner.Plan(draft.Scene, service, own, now, PlacementSeed.Of(service));
        var why = plan is not PlacementPlan.Placed placed ? held ? null : "no node is found for all of its instances"
            : held ? Displacement(own, placed.Assignments)
            : Lag(service, own, placed.Assignments);
        if (why is null && plan is PlacementPlan.Placed && !held)
            memory.Settled.Settle(draft, service, own);
        if (why is null || (plan is PlacementPlan.Refused && failed.Count > 0 && failed[0].Unplaceable))
            return;
        DeployQueue.Request(draft, service, newId(), now, automatic: true, repairOnly: held);
        draft.Note($"{InstanceNames.Path(service.Grid, service.Stack, service.Name)} is deployed because {why}");
        draft.Tell(new GridEvent
        {
            Grid = service.Grid,
            Stack = service.Stack,
            Service = service.Name,
            Type = EventTypes.Scheduler,
            Severity = EventSeverity.Info,
            Message = $"service {EventNames.Service(service.Stack, service.Name)} is deployed because {why}",
        });
    }

    /// <summary>A person cancelled the last rollout of what is wanted now: nobody but a person goes on with it. What lost its node is still moved.</summary>
    private static bool IsHeld(Service service, List<ServiceDeploy> deploys) =>
        deploys.Where(one => !one.RepairOnly).MaxBy(one => one.Id, StringComparer.Ordinal) is { State: DeployState.Error, Cancellation: not null, FinishedAt: { } ended }
        && ended >= service.UpdatedAt;

    /// <summary>Which instance that is there can't stay where it is; null when all can.</summary>
    private static string? Displacement(IReadOnlyList<Instance> own, IReadOnlyList<Assignment> assignments)
    {
        foreach (var instance in own.Where(one => one.Desired != DesiredState.Removed && one.Number <= assignments.Count).OrderBy(one => one.Number))
        {
            var node = assignments[instance.Number - 1].Node;
            if (instance.Node is null)
                return $"instance {instance.Number} has no node";
            if (instance.Node != node.Name || instance.NodeId != node.NodeId)
                return $"instance {instance.Number} can't stay on {instance.Node}";
        }

        return null;
    }

    /// <summary>In what the instances differ from what is wanted; null when in nothing. Numbers and nodes are compared one by one, not as
    /// sets.</summary>
    private static string? Lag(Service service, IReadOnlyList<Instance> own, IReadOnlyList<Assignment> assignments)
    {
        var present = own.Where(one => one.Desired != DesiredState.Removed).ToDictionary(one => one.Number);
        if (present.Count != assignments.Count)
            return $"it has {present.Count} of {assignments.Count} instances";
        foreach (var assignment in assignments)
        {
            var instance = present.GetValueOrDefault(assignment.Number);
            if (instance?.Node is null)
                return $"instance {assignment.Number} has no node";
            if (instance.Node != assignment.Node.Name || instance.NodeId != assignment.Node.NodeId)
                return $"instance {assignment.Number} can't stay on {instance.Node}";
            if (instance.Spec is null || !RevisionMatch.IsCurrent(service, instance.Spec))
                return $"instance {assignment.Number} is of revision {instance.Spec?.ServiceRevision ?? 0}, wanted is {service.Revision}";
        }

        return null;
    }

    // Only grid-manager writes services: it is asked to raise the revision, and the lag that follows brings the deploy.
    private static void RenewByInterval(GridDraft draft, GridMemory memory, Service service, ServiceDeploy? last, DateTimeOffset now)
    {
        if (service.Spec.DeployInterval is not > 0 || last?.FinishedAt is not { } finished)
            return;
        var due = finished + TimeSpan.FromSeconds(service.Spec.DeployInterval.Value) < now
            && service.UpdatedAt < finished
            && memory.IsDue("interval " + service.Uid, service.Revision, DateTimeOffset.MinValue, now, LastRetry, LastRetry);
        if (!due)
            return;
        draft.Send(Destination.GridManager, new SetServiceState
        {
            Grid = service.Grid, Stack = service.Stack, Service = service.Name, State = ServiceState.Running, BumpRevision = true,
        });
        draft.Note($"{InstanceNames.Path(service.Grid, service.Stack, service.Name)} is renewed: its deploy interval has passed");
    }

    private static TimeSpan Wait(int failures) =>
        TimeSpan.FromTicks(Math.Min(LastRetry.Ticks, FirstRetry.Ticks << Math.Min(failures - 1, 10)));
}
