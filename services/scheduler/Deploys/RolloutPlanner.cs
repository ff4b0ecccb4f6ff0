using Kontena.Contracts.Deploys;
using Kontena.Contracts.Instances;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Services;
using Kontena.Scheduler.InstanceSpecs;
using Kontena.Scheduler.Placement;

namespace Kontena.Scheduler.Deploys;

/// <summary>Looks at a running deploy and says what comes next: which instances to order, or how it ended (runtime.md §2.10).
/// Pure.</summary>
internal static class RolloutPlanner
{
    /// <summary>The value of <c>deploy.on_failure</c> that leaves failed instances behind.</summary>
    private const string GoOn = "continue";
    public const string NotRunning = "service is not running";

    public static RolloutStep Plan(RolloutView view)
    {
        if (view.Service is not { RemovedAt: null, State: ServiceState.Running } service)
            return Ended(view, view.Deploy.InstanceDeploys, new RolloutEnd(DeployState.Error, NotRunning));

        var instances = view.Deploy.InstanceDeploys.Select(one => Judge(view, service, one)).ToList();
        var underWay = instances.Any(one => one.State == DeployState.Ongoing);
        if (Stopped(view, instances, underWay) is { } stopped)
            return stopped;
        var failures = instances.Where(one => one.State == DeployState.Error).ToList();
        if (failures.Count > 0 && service.Spec.DeployOnFailure != GoOn)
        {
            var settling = underWay && view.Now - failures.Min(one => one.FinishedAt ?? view.Now) < DeployLimits.Halt;
            return settling
                ? new RolloutStep { Instances = instances, Count = view.Deploy.InstanceCount }
                : Ended(view, instances, new RolloutEnd(DeployState.Error, Halting(view, failures)));
        }

        if (view.Now - (view.Deploy.StartedAt ?? view.Deploy.CreatedAt) > DeployLimits.Deploy)
            return Ended(view, instances, new RolloutEnd(DeployState.Error, TooLong(view, instances)));

        var plan = PlacementPlanner.Plan(view.Scene, service, ToPlace(view), view.Now, PlacementSeed.Of(service));
        return plan switch
        {
            PlacementPlan.Placed placed => Proceed(view, service, placed.Assignments, instances),
            PlacementPlan.Refused refused => Refused(view, instances, underWay, refused),
            var other => throw new System.Diagnostics.UnreachableException(other.GetType().Name),
        };
    }

    /// <summary>Cancelled by a person or superseded by a newer revision; null when neither.</summary>
    private static RolloutStep? Stopped(RolloutView view, List<InstanceDeploy> instances, bool underWay)
    {
        var done = instances.Count(one => one.State == DeployState.Success);
        if (view.Deploy.SupersededBy is { } by)
        {
            // Its instances under way are ordered anew by the one that takes its place: nothing is waited for.
            return Ended(view, instances, new RolloutEnd(DeployState.Error, $"superseded by deploy {by} of revision {view.Service!.Revision}"));
        }

        if (view.Deploy.Cancellation is not { } cancellation)
            return null;
        if (underWay && view.Now - cancellation.At < DeployLimits.Halt)
            return new RolloutStep { Instances = instances, Count = view.Deploy.InstanceCount, Waiting = $"being cancelled by {cancellation.By}" };
        var rest = view.Deploy.StartedAt is null || instances.Count == 0
            ? "it had not begun with any instance"
            : $"{done} of {view.Deploy.InstanceCount} instances were deployed, the others stay as they were";
        return Ended(view, instances, new RolloutEnd(DeployState.Error, $"cancelled by {cancellation.By}: {rest}"));
    }

    /// <summary>The instances as placement is to see them: one that is to move has no place yet.</summary>
    private static IEnumerable<Instance> ToPlace(RolloutView view) => view.Deploy.Moves.Count == 0
        ? view.Own
        : view.Own.Select(one => view.Deploy.Moves.Contains(one.Number) && one.Desired != DesiredState.Removed && one.Spec?.DeployRev != view.Deploy.DeployRev
            ? one with { Node = null, NodeId = null }
            : one);

    private static RolloutStep Proceed(
        RolloutView view, Service service, IReadOnlyList<Assignment> assignments, List<InstanceDeploy> instances)
    {
        var surplus = view.Own.Where(one => one.Number > assignments.Count && one.Desired != DesiredState.Removed).ToList();
        instances.RemoveAll(one => one.Number > assignments.Count);

        var turns = RolloutTurns.Next(view, service, assignments, instances);
        if (turns.Pending == 0 && instances.All(one => one.State == DeployState.Success))
        {
            return new RolloutStep
            {
                Instances = instances, Count = assignments.Count, Surplus = surplus, End = new RolloutEnd(DeployState.Success),
            };
        }

        // Some were left behind: the rest is done.
        if (turns.Pending == 0 && instances.All(one => one.State is DeployState.Success or DeployState.Error))
        {
            var failures = instances.Where(one => one.State == DeployState.Error).ToList();
            return Ended(view, instances, new RolloutEnd(DeployState.Error, Halting(view, failures, WentOn(view)))) with { Surplus = surplus };
        }

        var stuck = turns.Begin.Count == 0 && instances.All(one => one.State != DeployState.Ongoing)
            && view.Now - LastMove(view, instances) > DeployLimits.Instance;
        if (stuck)
        {
            var seconds = DeployLimits.Instance.TotalSeconds;
            var reason = turns.Blocked.Count == 0
                ? $"{Halt(view)}: {turns.Pending} of {assignments.Count} instances wait for others to be ready, and none became ready within "
                    + $"{seconds:0} s; lower min_health or repair the instances that are down"
                : $"{Halt(view)}: instances {string.Join(", ", turns.Blocked)} are to change places, where they hold each other's ports. To make room "
                    + $"two have to be down at once, and min_health did not allow that within {seconds:0} s; lower min_health, or scale down and up again";
            return Ended(view, instances, new RolloutEnd(DeployState.Error, reason)) with { Surplus = surplus };
        }

        foreach (var turn in turns.Begin)
        {
            instances.RemoveAll(one => one.Number == turn.Number);
            instances.Add(new InstanceDeploy
            {
                Number = turn.Number, Node = turn.Node.Name, State = DeployState.Ongoing, StartedAt = view.Now,
            });
        }

        instances.Sort((one, other) => one.Number.CompareTo(other.Number));
        return new RolloutStep { Instances = instances, Count = assignments.Count, Begin = turns.Begin, Vacate = turns.Vacate, Surplus = surplus };
    }

    // Ports and memory of instances that are on their way out come free in a moment: that is no reason to fail.
    private static RolloutStep Refused(
        RolloutView view, List<InstanceDeploy> instances, bool underWay, PlacementPlan.Refused refused)
    {
        var leaving = view.Scene.Nodes
            .Where(node => node.IsOnline)
            .SelectMany(node => view.Scene.On(node.Name).Where(one => one.Leaving)
                .SelectMany(one => one.Instance.Departures.Where(departure => departure.NodeId == node.Node.NodeId)))
            .Any(departure => (view.Now - departure.OrderedAt).Duration() < DeployLimits.Leaving);
        if (underWay || leaving)
            return new RolloutStep { Instances = instances, Count = view.Deploy.InstanceCount };
        // A machine that can't be reached must have stopped its container by then; nobody has to confirm it.
        if (view.Own.Any(one => one.Departures.Any(departure => departure.FencedFrom > view.Now)))
        {
            return new RolloutStep
            {
                Instances = instances, Count = view.Deploy.InstanceCount, Waiting = DeployLimits.Clip("waiting: " + refused.Explanation.Summary),
            };
        }

        // A few heartbeats were missed: the node is heard again soon, or offline, and that decides.
        if (refused.AwaitsSuspect)
        {
            return new RolloutStep
            {
                Instances = instances, Count = view.Deploy.InstanceCount, Waiting = DeployLimits.Clip("waiting: " + refused.Explanation.Summary),
            };
        }

        return Ended(view, instances, new RolloutEnd(DeployState.Error, refused.Explanation.ToString(), Unplaceable: true));
    }

    private static InstanceDeploy Judge(RolloutView view, Service service, InstanceDeploy entry)
    {
        if (entry.State != DeployState.Ongoing)
            return entry;
        var instance = view.Own.FirstOrDefault(one => one.Number == entry.Number && one.Desired != DesiredState.Removed);
        if (instance is null || instance.Spec?.DeployRev != view.Deploy.DeployRev)
            return Failed(view, entry, "the instance was taken away while it was deployed; deploy again");

        var observed = view.ObservedOf(instance);
        if (InstanceReadiness.Failure(instance, observed) is { } error)
            return Failed(view, entry, error);
        if (InstanceReadiness.IsDone(instance, observed))
            return entry with { State = DeployState.Success, FinishedAt = view.Now };
        return Overdue(view, service, entry, instance, observed) is { } overdue ? Failed(view, entry, overdue) : entry;
    }

    private static string? Overdue(
        RolloutView view, Service service, InstanceDeploy entry, Instance instance, InstanceObserved? observed)
    {
        var started = entry.StartedAt ?? view.Now;
        var fresh = InstanceReadiness.IsFresh(instance, observed);
        var limit = DeployLimits.Instance + TimeSpan.FromSeconds(service.Spec.StopGracePeriod)
            + AgentWaits(service.Spec);
        var node = view.Scene.Nodes.FirstOrDefault(one => one.Name == instance.Node);
        var progress = view.HeardOf(instance.Id) is { } heard && heard > started ? heard : started;

        // While an image is pulled the predecessor may still run; the node bounds its pulls itself.
        var isPulling = fresh && node is { State: LivenessState.Online }
            && (observed!.State == ObservedState.Pulling
                || (observed.State == ObservedState.Running && observed.DeployRev != instance.Spec!.DeployRev));
        if (view.Now - started <= DeployLimits.InstanceCap && (isPulling || view.Now - progress <= limit))
            return null;

        var seconds = (int)(view.Now - started).TotalSeconds;
        if (node is not { State: LivenessState.Online })
            return $"not ready after {seconds} s: {instance.Node} is {(node is null ? "gone" : node.State.ToString().ToLowerInvariant())}";
        return fresh
            ? $"not ready after {seconds} s: {instance.Node} last reported it {observed!.State.ToString().ToLowerInvariant()}"
                + (service.Spec.WaitForPort is { } port && observed.HealthReason is null ? $", waiting for port {port}" : "")
                + (observed.HealthReason is { } reason ? $", its check says: {reason}" : "")
            : $"not ready after {seconds} s: {instance.Node} has not answered the order; look at its agent's log";
    }

    /// <summary>What the agent may wait itself for a port or a check, so that its own text arrives first.</summary>
    private static TimeSpan AgentWaits(ServiceSpec spec)
    {
        var check = spec.ReadinessCheck ?? spec.HealthCheck;
        return spec.WaitForPort is null && check is null ? TimeSpan.Zero : DeployLimits.PortMargin + TimeSpan.FromSeconds(check?.InitialDelay ?? 0);
    }

    private static InstanceDeploy Failed(RolloutView view, InstanceDeploy entry, string error) => entry with
    {
        State = DeployState.Error,
        Error = DeployLimits.Clip("GridServiceInstanceDeployer::ServiceError: " + error),
        FinishedAt = view.Now,
    };

    private static RolloutStep Ended(RolloutView view, IReadOnlyList<InstanceDeploy> instances, RolloutEnd end) => new()
    {
        Count = view.Deploy.InstanceCount,
        Instances =
        [
            .. instances.Select(one => one.State is DeployState.Ongoing or DeployState.Created
                ? Failed(view, one, "the deploy ended before this instance was ready")
                : one),
        ],
        End = end with { Reason = end.Reason is null ? null : DeployLimits.Clip(end.Reason) },
    };

    private static DateTimeOffset LastMove(RolloutView view, IReadOnlyList<InstanceDeploy> instances) => instances
        .SelectMany(one => new[] { one.StartedAt, one.FinishedAt })
        .Append(view.Deploy.StartedAt)
        .Max() ?? view.Deploy.CreatedAt;

    private static string Halt(RolloutView view) =>
        $"halting deploy of {InstanceNames.Path(view.Deploy.Grid, view.Deploy.Stack, view.Deploy.Service)}, one or more instances failed";

    private static string WentOn(RolloutView view) =>
        $"deploy of {InstanceNames.Path(view.Deploy.Grid, view.Deploy.Stack, view.Deploy.Service)} went on to its end, one or more instances failed";

    private static string Halting(RolloutView view, List<InstanceDeploy> failures, string? how = null)
    {
        var first = failures[0];
        var name = InstanceNames.Container(view.Deploy.Stack, view.Deploy.Service, first.Number);
        var more = failures.Count > 1 ? $" (and {failures.Count - 1} more)" : "";
        return $"{how ?? Halt(view)}: {name} on {first.Node}: {first.Error}{more}";
    }

    private static string TooLong(RolloutView view, IReadOnlyList<InstanceDeploy> instances)
    {
        var open = instances.Where(one => one.State == DeployState.Ongoing).Select(one => one.Number).ToList();
        var which = open.Count == 0 ? "some instances were never begun" : $"instances {string.Join(", ", open)} are not ready";
        var waiting = view.Deploy.Reason is null ? "" : $"; {view.Deploy.Reason}";
        return $"{Halt(view)}: it did not finish within {DeployLimits.Deploy.TotalMinutes:0} minutes; {which}{waiting}";
    }
}
