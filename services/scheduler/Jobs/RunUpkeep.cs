using Kontena.Contracts.Instances;
using Kontena.Contracts.Jobs;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Services;
using Kontena.Scheduler.InstanceSpecs;
using Kontena.Scheduler.Instances;
using Kontena.Scheduler.Placement;
using Kontena.Scheduler.Repair;
using Kontena.Scheduler.Snapshots;

namespace Kontena.Scheduler.Jobs;

/// <summary>Carries runs on: finds their nodes, orders them, takes their ends in, and sees their containers gone.</summary>
internal static class RunUpkeep
{
    private static readonly TimeSpan HistoryEvery = TimeSpan.FromSeconds(10);

    // Between sweeps a step comes with every heartbeat; nothing is placed better for being tried each time.
    private static readonly TimeSpan PlaceEvery = TimeSpan.FromSeconds(2);

    public static void Run(GridDraft draft, GridMemory memory, DateTimeOffset now)
    {
        Schedules.Run(draft, now);
        GiveUpKept(draft);
        foreach (var run in draft.Runs.By(Groupings.OpenRuns).Of(Groupings.All).Values.OrderBy(one => one.CreatedAt).ThenBy(one => one.Id, StringComparer.Ordinal).ToList())
        {
            var service = draft.Services.Find(Service.DocumentId(run.Stack, run.Service));
            // A service that is just not there is no order (design law 5); one that was removed, or whose name another has, is.
            var isRemoved = service is not null && (service.RemovedAt is not null || service.Uid != run.ServiceUid);
            var next = isRemoved && run.Stop is null && !ServiceRun.IsEnded(run.State) ? run with { Stop = new RunStop("the removal of its service", now) } : run;
            next = next.State == RunState.Waiting
                ? Begin(draft, memory, isRemoved ? null : service, next, now)
                : Goes(draft, next, isRemoved, now);
            if (next == run)
                continue;
            draft.Runs.Put(next);
            if (next.State != run.State)
                Tell(draft, run, next);
        }
    }

    /// <summary>Orders that were not answered are repeated; records beyond their number go, and those of services that are gone.</summary>
    public static void Sweep(GridDraft draft, GridMemory memory, DateTimeOffset now)
    {
        foreach (var run in draft.Runs.By(Groupings.RunsOnNodes).Of(Groupings.All).Values.OrderBy(one => one.Id, StringComparer.Ordinal).ToList())
        {
            OrderRepair.Repeat(draft, memory, run.Instance!, now);
            var isGivenUp = run.Instance!.Node is null
                && run.Instance.Departures.All(one => draft.Scene.ByNodeId(one.NodeId) is null && now - one.OrderedAt > RunLimits.Abandoned);
            if (isGivenUp)
                draft.Runs.Put(run with { Instance = null });
        }

        if (!memory.IsDue("run history", 0, DateTimeOffset.MinValue, now, HistoryEvery, HistoryEvery))
            return;
        Schedules.Sweep(draft);
        // A record without a container can go; what is kept on a node waits for an order, which a service that is just not there is none.
        foreach (var surplus in RunHistory.Surplus(draft.Runs.Values, run => HistoryOf(draft, run)))
        {
            if (surplus.Instance is null)
                draft.Runs.Delete(surplus.Id);
            else if (surplus.Keep && draft.Services.Find(Service.DocumentId(surplus.Stack, surplus.Service)) is not null)
                draft.Runs.Put(surplus with { Keep = false });
        }
    }

    /// <summary>A node speaks of a run's container.</summary>
    public static void Observe(GridDraft draft, ServiceRun run, InstanceObserved report)
    {
        if (run.Instance is not { } instance)
            return;
        if (report.State == ObservedState.Removed)
        {
            var departures = instance.Departures.Where(one => one.NodeId != report.NodeId || one.Generation > report.Generation).ToList();
            var isGone = departures.Count == 0 && (instance.Node is null || instance.NodeId == report.NodeId);
            var after = run with { Instance = isGone ? null : instance with { Departures = departures } };
            draft.Runs.Put(isGone && !ServiceRun.IsEnded(run.State)
                ? RunCourse.Failed(after, report.FinishedAt ?? instance.UpdatedAt, $"its container was removed on {run.Node}; how it ended is not known")
                : after);
        }
        else if (report.Generation > instance.Generation && instance.NodeId == report.NodeId)
        {
            // The store went back in time: what is ordered next has to be newer than what the node knows.
            draft.Runs.Put(run with { Instance = instance with { Generation = report.Generation } });
        }
    }

    /// <summary>Whether a node that can be reached still has to give a container of the service up.</summary>
    public static bool AreLeft(GridDraft draft, string serviceUid) => draft.Runs.By(Groupings.RunsOfService).Of(serviceUid).Values
        .Where(run => run.Instance is not null)
        .SelectMany(run => run.Instance!.Departures.Select(one => one.NodeId).Append(run.Instance.NodeId).OfType<string>())
        .Any(node => draft.Scene.ByNodeId(node) is { State: not LivenessState.Offline });

    // What is kept of a service that was removed would hold its removal up.
    private static void GiveUpKept(GridDraft draft)
    {
        foreach (var service in draft.Services.By(Groupings.RemovedServices).Of(Groupings.All).Values)
        {
            foreach (var run in draft.Runs.By(Groupings.RunsOfService).Of(service.Uid).Values.Where(one => one.Keep).ToList())
                draft.Runs.Put(run with { Keep = false });
        }
    }

    private static ServiceRun Begin(GridDraft draft, GridMemory memory, Service? service, ServiceRun run, DateTimeOffset now)
    {
        if (run.Stop is not null)
            return RunCourse.Stopped(run, now);
        if (service is null)
            return run;
        if (Predecessor(draft, service, run) is { } earlier)
            return run with { Reason = $"waits until run {earlier.Id} has stopped" };
        if (!memory.IsDue("place " + run.Id, 0, DateTimeOffset.MinValue, now, PlaceEvery, PlaceEvery))
            return run;

        var companion = RunSpecs.Companion(draft, service);
        var placing = RunSpecs.ForPlacement(service, run, companion);
        var plan = service.Spec.Stateful && companion is null
            ? new PlacementPlan.Refused(new PlacementExplanation(RunSpecs.NameOf(run), [], "the service is stateful and has no instance whose data the run could use; deploy it first"))
            : PlacementPlanner.Plan(draft.Scene, placing, [], now, PlacementSeed.Of(placing));
        if (plan is PlacementPlan.Placed { Assignments: [{ Node: var node }, ..] })
            return Order(draft, service, run, node, companion, now);
        var refused = plan as PlacementPlan.Refused;
        var why = refused?.Explanation.ToString() ?? "no node was found";
        // A schedule can wait for a node until its tick is too late; a person rather hears at once.
        var waits = refused?.AwaitsSuspect == true
            || (run.Tick is { } tick && now - tick < TimeSpan.FromSeconds(service.Spec.Schedule?.StartingDeadline ?? ScheduleSpec.DefaultStartingDeadline));
        return waits ? run with { Reason = RunLimits.Clip("waits for a node: " + why) } : RunCourse.Failed(run, now, why);
    }

    /// <summary>Of a schedule that replaces one that is stopped for it; of a deploy what an earlier deploy has begun. Who is to be stopped was decided before.</summary>
    private static ServiceRun? Predecessor(GridDraft draft, Service service, ServiceRun run)
    {
        if (run.DeployId is null && (run.Cause == RunCause.Person || service.Spec.Schedule?.Concurrency != "replace"))
            return null;
        return draft.Runs.By(Groupings.RunsOfService).Of(run.ServiceUid).Values
            .Where(one => one.Id != run.Id && !ServiceRun.IsEnded(one.State)
                && (run.DeployId is null ? one.Cause != RunCause.Person && one.Stop is not null : one.DeployId is not null && one.State != RunState.Waiting))
            .MinBy(one => one.Id, StringComparer.Ordinal);
    }

    private static ServiceRun Order(GridDraft draft, Service service, ServiceRun run, Node node, Instance? companion, DateTimeOffset now)
    {
        var spec = RunSpecs.Build(draft, service, run, node, companion);
        var instance = new Instance
        {
            Id = run.Id,
            Grid = draft.Name,
            Stack = service.Stack,
            Service = service.Name,
            ServiceUid = run.Id,
            Number = spec.Number,
            Node = node.Name,
            NodeId = node.NodeId,
            Generation = 1,
            Desired = DesiredState.Running,
            Spec = spec,
            Granted = Reservation.Of(service.Spec, draft.Scene.Rules.PeakOf(service)).ToGrant(),
            CreatedAt = now,
            UpdatedAt = now,
        };
        InstanceChanges.NotePlaces(draft, instance, now);
        InstanceChanges.OrderApply(draft, instance);
        return run with
        {
            State = RunState.Starting, Reason = null, Node = node.Name, Container = spec.Name, ServiceRevision = service.Revision, Instance = instance,
        };
    }

    private static ServiceRun Goes(GridDraft draft, ServiceRun run, bool isRemoved, DateTimeOffset now)
    {
        if (run.Instance is not { } instance)
            return run;
        var node = instance.NodeId is { } id ? draft.Scene.ByNodeId(id) : null;
        var offlineSince = node is { State: LivenessState.Offline } ? draft.Liveness.Find(node.Name)?.DisconnectedAt ?? instance.UpdatedAt : (DateTimeOffset?)null;
        var next = RunCourse.Next(new RunView(run, draft.ObservedOf(instance), node?.State, offlineSince, now));
        if (ServiceRun.IsEnded(next.State))
            return next.Keep && !isRemoved ? next : TakeDown(draft, next, instance, now);
        return (next.Stop is not null || RunCourse.IsGivenUp(next, now)) && instance.Desired == DesiredState.Running ? StopIt(draft, next, instance, now) : next;
    }

    private static ServiceRun StopIt(GridDraft draft, ServiceRun run, Instance instance, DateTimeOffset now)
    {
        var stopping = instance with { Desired = DesiredState.Stopped, Generation = instance.Generation + 1, UpdatedAt = now };
        InstanceChanges.OrderApply(draft, stopping);
        return run with { Instance = stopping };
    }

    private static ServiceRun TakeDown(GridDraft draft, ServiceRun run, Instance instance, DateTimeOffset now)
    {
        if (instance is not { Node: { } node, NodeId: { } nodeId })
            return run;
        var departure = new Departure(node, nodeId, instance.Generation + 1, now);
        var leaving = instance with
        {
            Node = null, NodeId = null, Desired = DesiredState.Removed, Generation = departure.Generation, Departures = [departure], UpdatedAt = now,
        };
        InstanceChanges.OrderRemoval(draft, leaving, departure);
        return run with { Instance = leaving };
    }

    private static int HistoryOf(GridDraft draft, ServiceRun run) => draft.Service(run.Stack, run.Service, run.ServiceUid) is { } service
        ? service.Spec.Schedule?.History ?? ScheduleSpec.DefaultHistory
        : 0;

    private static void Tell(GridDraft draft, ServiceRun before, ServiceRun after)
    {
        var code = after.ExitCode is { } exit ? $", exit code {exit}" : "";
        var reason = after is { Reason: { } why, ExitCode: null } ? $", {why.Split('\n')[0]}" : "";
        draft.Note($"run {after.Id} of {InstanceNames.Path(after.Grid, after.Stack, after.Service)}: {Text(before.State)} → {Text(after.State)}"
            + (after.Node is null ? "" : $" on {after.Node}") + code + reason);
    }

    private static string Text(RunState state) => state.ToString().ToLowerInvariant();
}
