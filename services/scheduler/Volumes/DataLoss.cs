using Kontena.Contracts.Instances;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Services;
using Kontena.Scheduler.InstanceSpecs;
using Kontena.Scheduler.Instances;
using Kontena.Scheduler.Leases;
using Kontena.Scheduler.Placement;
using Kontena.Scheduler.Placement.Filters;
using Kontena.Scheduler.Snapshots;

namespace Kontena.Scheduler.Volumes;

/// <summary>Somebody accepted that instances lose their data: those that find no node because of it are let go from the machine that holds it. The data itself
/// is not touched (decision 0021).</summary>
internal static class DataLoss
{
    public static void Accept(GridDraft draft, Service service, DateTimeOffset now)
    {
        // Each round lets one go, so there are at most as many as instances.
        for (var round = 0; round <= service.Spec.Instances; round++)
        {
            if (Bound(draft, service, now) is not { } bound)
                break;
            LetGo(draft, service, bound, now);
        }

        foreach (var instance in draft.InstancesOf(service.Uid))
            Fence(draft, service, instance, now);
    }

    /// <summary>The first instance for which no node is found although one would be if its data did not matter.</summary>
    private static Instance? Bound(GridDraft draft, Service service, DateTimeOffset now)
    {
        var own = draft.InstancesOf(service.Uid);
        var plan = PlacementPlanner.Plan(draft.Scene, service, own, now, PlacementSeed.Of(service));
        // A node that is suspect is heard again in a moment, or offline.
        if (plan is not PlacementPlan.Refused { AwaitsSuspect: false } refused || refused.Explanation.Nodes.All(one => one.Exclusion.Rule != VolumeFilter.Data))
            return null;
        return own.FirstOrDefault(one => InstanceNames.Container(service.Stack, service.Name, one.Number) == refused.Explanation.Instance);
    }

    private static void LetGo(GridDraft draft, Service service, Instance instance, DateTimeOffset now)
    {
        var name = InstanceNames.Container(service.Stack, service.Name, instance.Number);
        var holders = Holders(draft, service, instance).ToList();
        draft.Note($"{name} may start without its data on {string.Join(", ", holders.Select(one => one.Node).Distinct())}, as was accepted");
        if (instance.Node is not null)
            InstanceChanges.Release(draft, instance, now);
        var released = draft.Instances.Find(instance.Id)!;
        draft.Instances.Put(released with
        {
            AbandonedOn = [.. released.AbandonedOn.Union(holders.Select(one => one.NodeId), StringComparer.Ordinal)],
        });
    }

    /// <summary>Machines that have data of the instance: where it was, and where its volumes are.</summary>
    private static IEnumerable<(string Node, string NodeId)> Holders(GridDraft draft, Service service, Instance instance)
    {
        if (instance is { Node: { } node, NodeId: { } nodeId })
            yield return (node, nodeId);
        var volumes = draft.Scene.Volumes;
        foreach (var entry in service.Spec.Volumes)
        {
            if (VolumeSpec.Read(entry).Name is not { } name || volumes.Find(name) is not { } volume)
                continue;
            foreach (var place in volumes.On(VolumeNames.Of(volume, service.Stack, service.Name, instance.Number)))
                yield return (place.Node, place.NodeId);
        }
    }

    /// <summary>A machine that can't be asked does not hold the instance up for ever: nobody waits for its word any more.</summary>
    private static void Fence(GridDraft draft, Service service, Instance instance, DateTimeOffset now)
    {
        var departures = instance.Departures
            .Select(one => one.FencedFrom is null && instance.AbandonedOn.Contains(one.NodeId) && IsAway(draft, one.NodeId) ? one with { FencedFrom = Lease.OverFrom(instance.Spec, now) } : one)
            .ToList();
        if (!departures.SequenceEqual(instance.Departures))
            draft.Instances.Put(instance with { Departures = departures });
    }

    private static bool IsAway(GridDraft draft, string nodeId) => draft.Scene.ByNodeId(nodeId) is not { State: not LivenessState.Offline };
}
