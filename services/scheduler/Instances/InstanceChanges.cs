using Kontena.Contracts.Instances;
using Kontena.Contracts.Messaging;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Services;
using Kontena.Contracts.Vault;
using Kontena.Contracts.Volumes;
using Kontena.Scheduler.InstanceSpecs;
using Kontena.Scheduler.Placement;
using Kontena.Scheduler.Snapshots;

namespace Kontena.Scheduler.Instances;

/// <summary>Every way in which what is wanted of an instance changes. Each raises its generation and sends the order in the same
/// commit.</summary>
internal static class InstanceChanges
{
    /// <summary>The instance is to run on the node with the service's present spec. Leaves behind a departure where it was
    /// before.</summary>
    public static void Place(
        GridDraft draft, Service service, Instance? existing, int number, Node node, string deployRev, DateTimeOffset now, Func<string> newId,
        string? imagePin = null)
    {
        var stack = draft.Stacks.Find(service.Stack);
        var neighbours = draft.Scene.On(node.Name).Where(one => !one.Leaving).Select(one => one.Name).ToHashSet(StringComparer.Ordinal);
        var spec = InstanceSpecBuilder.Build(service, stack, node, number, deployRev, Balancer(draft, service), neighbours, draft.Volumes.Find, draft.Grid?.StackNetworks) with
        {
            ImagePin = imagePin,
        };
        var instance = existing ?? new Instance
        {
            Id = newId(),
            Grid = draft.Name,
            Stack = service.Stack,
            Service = service.Name,
            ServiceUid = service.Uid,
            Number = number,
            Generation = 0,
            Desired = DesiredState.Running,
            CreatedAt = now,
            UpdatedAt = now,
        };
        var generation = instance.Generation + 1;

        // What was ordered away from this very node is overtaken by the newer order to run here.
        var departures = instance.Departures.Where(one => one.NodeId != node.NodeId).ToList();
        if (instance is { Desired: not DesiredState.Removed, Node: { } oldNode, NodeId: { } oldId } && oldId != node.NodeId)
        {
            departures.RemoveAll(one => one.NodeId == oldId);
            departures.Add(new Departure(oldNode, oldId, generation, now) { AwaitsSuccessor = Succession.MayOverlap(draft, service, instance) });
            draft.Note($"{spec.Name} moves from {oldNode} to {node.Name}");
        }

        var placed = instance with
        {
            Node = node.Name,
            NodeId = node.NodeId,
            Generation = generation,
            Desired = DesiredState.Running,
            Spec = spec,
            Granted = Reservation.Of(service.Spec, draft.Scene.Rules.PeakOf(service)).ToGrant(),
            Departures = departures,
            AbandonedOn = [],
            UpdatedAt = now,
        };
        draft.Instances.Put(placed);
        NotePlaces(draft, placed, now);
        foreach (var departure in departures.Where(one => one.Generation == generation && !one.AwaitsSuccessor))
            OrderRemoval(draft, placed, departure);
        OrderApply(draft, placed);
    }

    /// <summary>Running to stopped or back, where it is.</summary>
    public static void SetDesired(GridDraft draft, Instance instance, DesiredState desired, DateTimeOffset now)
    {
        var changed = instance with { Desired = desired, Generation = instance.Generation + 1, UpdatedAt = now };
        draft.Instances.Put(changed);
        OrderApply(draft, changed);
    }

    /// <summary>The instance is to be gone from its node. With <paramref name="park"/> the document stays and remembers the node that
    /// keeps the data.</summary>
    public static void TakeDown(GridDraft draft, Instance instance, bool park, DateTimeOffset now)
    {
        var generation = instance.Generation + 1;
        // No successor will come for those that wait for one.
        var departures = instance.Departures.Where(one => one.NodeId != instance.NodeId)
            .Select(one => one.AwaitsSuccessor ? one with { AwaitsSuccessor = false, Generation = generation, OrderedAt = now } : one).ToList();
        if (instance is { Node: { } node, NodeId: { } nodeId })
            departures.Add(new Departure(node, nodeId, generation, now));

        // One that was released is parked where its data still is.
        var left = departures.LastOrDefault();
        var gone = instance with
        {
            Node = park ? instance.Node ?? left?.Node : null,
            NodeId = park ? instance.NodeId ?? left?.NodeId : null,
            Desired = DesiredState.Removed,
            Generation = generation,
            Departures = departures,
            UpdatedAt = now,
        };
        if (departures.Count == 0 && gone.Node is null)
        {
            draft.Instances.Delete(instance.Id);
            return;
        }

        draft.Instances.Put(gone);
        foreach (var departure in departures.Where(one => one.Generation == generation))
            OrderRemoval(draft, gone, departure);
    }

    /// <summary>Off its node, to be placed anew; what data it has there may be left behind.</summary>
    /// <param name="fencedFrom">See <see cref="Departure.FencedFrom"/>.</param>
    public static void Release(GridDraft draft, Instance instance, DateTimeOffset now, DateTimeOffset? fencedFrom = null)
    {
        if (instance is not { Node: { } node, NodeId: { } nodeId })
            return;
        var generation = instance.Generation + 1;
        var departure = new Departure(node, nodeId, generation, now, fencedFrom);
        var released = instance with
        {
            Node = null,
            NodeId = null,
            // One that was parked would else be taken for one whose data is to go.
            Desired = instance.Desired == DesiredState.Removed ? DesiredState.Running : instance.Desired,
            Generation = generation,
            Departures = [.. instance.Departures.Where(one => one.NodeId != nodeId), departure],
            AbandonedOn = [.. instance.AbandonedOn.Where(one => one != nodeId), nodeId],
            UpdatedAt = now,
        };
        draft.Instances.Put(released);
        OrderRemoval(draft, released, departure);
    }

    /// <summary>The node has something of an instance that does not belong there: it gets an explicit, newer order to remove it (design
    /// law 5).</summary>
    public static void Expel(GridDraft draft, Instance instance, string node, string nodeId, long seenGeneration, DateTimeOffset now)
    {
        // The instance's own generation keeps up: should it be placed on this node later, that order must be newer than this one.
        var generation = Math.Max(instance.Generation, seenGeneration + 1);
        var departure = new Departure(node, nodeId, generation, now);
        var expelling = instance with
        {
            Generation = generation,
            Departures = [.. instance.Departures.Where(one => one.NodeId != nodeId), departure],
            UpdatedAt = now,
        };
        draft.Instances.Put(expelling);
        OrderRemoval(draft, expelling, departure);
        if (generation > instance.Generation && instance.Desired != DesiredState.Removed)
            OrderApply(draft, expelling);
        draft.Note($"{NameOf(instance)} does not belong on {node} and is removed there");
    }

    /// <summary>The node knows a newer generation than we do (the store went back in time): ours is raised above it and ordered
    /// again.</summary>
    public static void Overtake(GridDraft draft, Instance instance, long seenGeneration, DateTimeOffset now)
    {
        var raised = instance with { Generation = seenGeneration + 1, UpdatedAt = now };
        draft.Instances.Put(raised);
        OrderApply(draft, raised);
    }

    /// <summary>A node confirmed that it has nothing of the instance left.</summary>
    public static void Confirm(GridDraft draft, Instance instance, string nodeId, long generation)
    {
        var left = instance.Departures.Where(one => one.NodeId != nodeId || one.Generation > generation).ToList();
        if (left.Count == instance.Departures.Count)
            return;
        if (left.Count == 0 && instance is { Desired: DesiredState.Removed, Node: null })
            draft.Instances.Delete(instance.Id);
        else
            draft.Instances.Put(instance with { Departures = left });
    }

    public static void OrderApply(GridDraft draft, Instance instance)
    {
        if (instance is not { NodeId: { } nodeId, Spec: { } spec })
            return;
        var order = new ApplyInstance
        {
            InstanceId = instance.Id,
            Generation = instance.Generation,
            Desired = instance.Desired,
            Spec = spec,
        };
        // Only grid-manager can open secrets; to stop, a node needs none.
        if (spec.Secrets.Count > 0 && instance is { Desired: DesiredState.Running, Node: { } node })
            draft.Send(Destination.GridManager, new SealOrder { Grid = instance.Grid, Node = node, NodeId = nodeId, Order = order });
        else
            draft.Send(Destination.Node(nodeId), order);
    }

    public static void OrderRemoval(GridDraft draft, Instance instance, Departure departure) =>
        draft.Send(Destination.Node(departure.NodeId), new RemoveInstance
        {
            InstanceId = instance.Id,
            Generation = departure.Generation,
            Name = NameOf(instance),
            RemoveData = TakesDataAlong(instance),
        });

    // Data goes only with its service: a parked instance remembers its node, one that merely moved is still wanted.
    private static bool TakesDataAlong(Instance instance) =>
        instance is { Desired: DesiredState.Removed, Node: null, Spec.Stateful: true };

    // Known before the node says so: from here on the volume is somewhere, and its removal reaches the node.
    public static void NotePlaces(GridDraft draft, Instance instance, DateTimeOffset now)
    {
        foreach (var mount in instance.Spec!.Volumes)
        {
            if (mount is not { Volume: { } name, Source: { } source })
                continue;
            var key = VolumeInstance.DocumentId(instance.NodeId!, name);
            if (draft.VolumeInstances.Find(key) is not null)
                continue;
            draft.VolumeInstances.Put(new VolumeInstance
            {
                Grid = instance.Grid, NodeId = instance.NodeId!, Node = instance.Node!, Name = name, Volume = source.Volume,
                VolumeUid = source.Uid, CreatedAt = now,
            });
        }
    }

    private static string NameOf(Instance instance) =>
        instance.Spec?.Name ?? InstanceNames.Container(instance.Stack, instance.Service, instance.Number);

    private static Service? Balancer(GridDraft draft, Service service) => service.Spec.Links
        .Select(link => draft.Services.Find(Service.DocumentId(link.Stack, link.Service)))
        .FirstOrDefault(target => target is not null && InstanceSpecBuilder.IsLoadBalancer(target));
}
