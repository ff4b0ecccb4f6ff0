using Kontena.Contracts.Deploys;
using Kontena.Contracts.Instances;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Services;
using Kontena.Scheduler.Placement;
using Kontena.Scheduler.Placement.Filters;

namespace Kontena.Scheduler.Deploys;

/// <summary>Whose turn it is.</summary>
/// <param name="Begin">To be ordered now.</param>
/// <param name="Pending">Not yet of this deploy, including <paramref name="Begin"/>.</param>
/// <param name="Blocked">The numbers of those whose node is still held by another instance that is to leave it.</param>
/// <param name="Vacate">To leave its node first, because only blocked ones are left: they change places.</param>
internal sealed record RolloutTurns(IReadOnlyList<Assignment> Begin, int Pending, IReadOnlyList<int> Blocked, Instance? Vacate)
{
    /// <remarks>An instance that serves nobody may be replaced at any time; one that does only while enough others are ready.</remarks>
    public static RolloutTurns Next(
        RolloutView view, Service service, IReadOnlyList<Assignment> assignments, IReadOnlyList<InstanceDeploy> entries)
    {
        var own = view.Own.Where(one => one.Desired != DesiredState.Removed).ToDictionary(one => one.Number);
        var underWay = entries.Where(one => one.State == DeployState.Ongoing).Select(one => one.Number).ToHashSet();
        var reachable = view.Scene.Nodes.Where(node => node.IsOnline).Select(node => node.Name).ToHashSet(StringComparer.Ordinal);

        var idle = new List<Assignment>();
        var serving = new List<Assignment>();
        var ready = 0;
        foreach (var assignment in assignments)
        {
            var instance = own.GetValueOrDefault(assignment.Number);
            var isThere = instance is not null && instance.NodeId == assignment.Node.NodeId && instance.Node == assignment.Node.Name;
            var isOurs = isThere
                && (instance!.Spec?.DeployRev == view.Deploy.DeployRev || NeedsNothing(view, service, instance))
                && !ImagePinning.IsAnother(view.Deploy.Image, instance, view.ObservedOf(instance));
            var serves = instance is not null && IsUp(view, instance) && !(isOurs && underWay.Contains(assignment.Number));
            if (serves)
                ready++;
            // Nothing new is begun by a mere repair: what was not there when the rollout was cancelled is not to appear now.
            if (!isOurs && !(view.Deploy.RepairOnly && instance is null))
                (serves ? serving : idle).Add(assignment);
        }

        var atOnce = Math.Min(DeployLimits.Fresh, service.Spec.DeployParallelism ?? DeployLimits.Fresh);
        var blocked = idle.Concat(serving).Where(one => IsOccupied(view, service, assignments, one)).Select(one => one.Number).ToHashSet();
        var places = new NodePlaces(service.Spec.DeployParallelismPerNode, entries);
        var begin = places.Take(
            idle.Where(one => !blocked.Contains(one.Number)).OrderBy(one => reachable.Contains(one.Node.Name) ? 0 : 1).ThenBy(one => one.Number),
            atOnce - underWay.Count);
        var required = assignments.Count - MinHealth.MayBeDown(assignments.Count, service.Spec.MinHealth);
        var room = Math.Max(0, Math.Min(DeployLimits.Replacing, atOnce) - underWay.Count - begin.Count);
        // With start-first none of them is down meanwhile: they go at the same pace, however many others are ready.
        var mayGo = Math.Min(room, service.Spec.DeployOrder is null ? ready - required : assignments.Count - required - underWay.Count);
        begin.AddRange(places.Take(serving.Where(one => !blocked.Contains(one.Number)), mayGo));

        // One that serves goes only if its successor in the place may be down beside it: else nothing would be won.
        var vacate = begin.Count > 0 || underWay.Count > 0
            ? null
            : idle.Concat(mayGo > 1 ? serving : [])
                .Where(turn => blocked.Contains(turn.Number))
                .Select(turn => (turn.Node, Instance: own.GetValueOrDefault(turn.Number)))
                .FirstOrDefault(one => one.Instance is { NodeId: { } at } && at != one.Node.NodeId).Instance;
        return new RolloutTurns(begin, idle.Count + serving.Count, [.. blocked.Order()], vacate);
    }

    // A deploy that nobody asked for corrects what lags and leaves the rest alone.
    private static bool NeedsNothing(RolloutView view, Service service, Instance instance) =>
        view.Deploy.Automatic && instance is { Desired: DesiredState.Running, Spec: { } spec }
        && (view.Deploy.RepairOnly || RevisionMatch.IsCurrent(service, spec));

    // Another instance of the service still holds the port on that node, and is to leave it: first it goes, then its successor comes.
    private static bool IsOccupied(RolloutView view, Service service, IReadOnlyList<Assignment> assignments, Assignment turn) =>
        service.Spec.Ports.Count > 0 && view.Own.Any(other =>
            other.Number != turn.Number
            && other.Node == turn.Node.Name
            && other.Desired != DesiredState.Removed
            && !(other.Number <= assignments.Count && assignments[other.Number - 1].Node.Name == turn.Node.Name)
            && other.Spec?.Ports.Any(held => service.Spec.Ports.Any(wanted => PortFilter.Collide(held, wanted))) == true);

    private static bool IsUp(RolloutView view, Instance instance)
    {
        var node = view.Scene.Nodes.FirstOrDefault(one => one.Name == instance.Node);
        return node is { State: not LivenessState.Offline } && InstanceReadiness.IsServing(view.ObservedOf(instance));
    }
}
