using Kontena.Contracts.Deploys;
using Kontena.Contracts.Instances;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Services;
using Kontena.Scheduler.Deploys;
using Kontena.Scheduler.InstanceSpecs;
using Kontena.Scheduler.Snapshots;

namespace Kontena.Scheduler.Nodes;

/// <summary>What is left on a node that is drained, and why (design law 7). Pure: the same draft, the same answer.</summary>
internal static class DrainProgress
{
    private const int LongestReason = 1000;

    /// <summary>Everything that is on the node or was ordered off it and is not confirmed gone, by name.</summary>
    public static IReadOnlyList<DrainedInstance> Of(GridDraft draft, Node node)
    {
        var left = new List<DrainedInstance>();
        foreach (var occupant in draft.Scene.On(node.Name))
        {
            var (state, reason) = occupant.Leaving ? Leaving(draft, node, occupant.Instance) : Present(draft, node, occupant.Instance);
            left.Add(new DrainedInstance(occupant.Name, state, reason.Length <= LongestReason ? reason : reason[..LongestReason]));
        }

        return [.. left.OrderBy(one => one.Name, StringComparer.Ordinal)];
    }

    /// <summary>Nothing is left to do: what is still here stays.</summary>
    public static bool IsDone(IReadOnlyList<DrainedInstance> left) => left.All(one => one.State == DrainState.Stays);

    private static (DrainState State, string Reason) Leaving(GridDraft draft, Node node, Instance instance)
    {
        var departure = instance.Departures.First(one => one.NodeId == node.NodeId);
        if (departure.AwaitsSuccessor)
        {
            var seen = draft.ObservedOf(instance);
            var error = InstanceReadiness.IsFresh(instance, seen) ? seen!.Error : null;
            return error is null
                ? (DrainState.Moving, $"serves on until its successor on {instance.Node} is ready")
                : (DrainState.Blocked, $"serves on, as its successor on {instance.Node} does not come up: {error}");
        }

        return draft.Scene.ByNodeId(departure.NodeId) is { IsOnline: true }
            ? (DrainState.Leaving, instance.Node is { } now ? $"runs on {now} now; its container here is being removed" : "its container is being removed")
            : (DrainState.Blocked, $"the node is {StateOf(draft, node)}: it is told to remove it when it is back");
    }

    private static (DrainState State, string Reason) Present(GridDraft draft, Node node, Instance instance)
    {
        if (draft.Runs.Find(instance.Id) is not null)
            return (DrainState.Waiting, $"a run, which ends by itself; to end it now: kontena service run-stop {instance.Stack}/{instance.Service} {instance.Id}");
        var service = draft.Service(instance.Stack, instance.Service, instance.ServiceUid);
        if (service is null)
            return (DrainState.Waiting, "its service is gone; it is taken down");
        if (service.Spec.Stateful || service.State != ServiceState.Running)
            return Stopped(draft, node, instance, service.Spec.Stateful ? "its data is here" : "its service is stopped");

        var deploys = DeployQueue.Of(draft, service.Stack, service.Name).Where(one => one.ServiceUid == service.Uid).ToList();
        if (deploys.Find(one => !DeployQueue.IsFinished(one.State)) is { } open)
            return (DrainState.Waiting, open.Reason ?? $"deploy {open.Id} moves it when min_health ({service.Spec.MinHealth:0.##}) allows");
        var last = deploys.Where(one => one.FinishedAt > service.UpdatedAt).MaxBy(one => one.Id, StringComparer.Ordinal);
        return last is { State: DeployState.Error }
            ? (DrainState.Blocked, (last.Unplaceable ? "" : "its last deploy failed and is tried again: ") + last.Reason)
            : (DrainState.Waiting, "its turn comes within seconds");
    }

    private static (DrainState State, string Reason) Stopped(GridDraft draft, Node node, Instance instance, string why)
    {
        if (draft.Scene.ByNodeId(node.NodeId ?? "") is not { IsOnline: true })
            return (DrainState.Blocked, $"{why}; the node is {StateOf(draft, node)}, whether it is stopped is not known");
        var seen = draft.ObservedOf(instance);
        var stopped = instance.Desired == DesiredState.Stopped && InstanceReadiness.IsFresh(instance, seen)
            && seen!.State is ObservedState.Stopped or ObservedState.Missing;
        return stopped ? (DrainState.Stays, $"stopped: {why}") : (DrainState.Stopping, $"is being stopped: {why}");
    }

    private static string StateOf(GridDraft draft, Node node) =>
        (draft.Liveness.Find(node.Name)?.State ?? LivenessState.Offline).ToString().ToLowerInvariant();
}
