using Kontena.Contracts.Instances;
using Kontena.Contracts.Services;
using Kontena.Scheduler.Deploys;
using Kontena.Scheduler.Placement.Strategies;
using Kontena.Scheduler.Snapshots;

namespace Kontena.Scheduler.Instances;

/// <summary>An instance that moves to another node goes on serving where it is until its successor is ready, where that can be: a service of one instance is
/// not away while its image is pulled.</summary>
internal static class Succession
{
    /// <summary>Whether the instance may run in two places for the time of its move: no data that both would write, and one that serves now.</summary>
    public static bool MayOverlap(GridDraft draft, Service service, Instance instance) =>
        MayOverlap(service)
        && instance.Desired == DesiredState.Running
        && instance.NodeId is { } nodeId && draft.Scene.ByNodeId(nodeId) is { IsOnline: true }
        && InstanceReadiness.IsServing(draft.ObservedOf(instance));

    // Instances that change places hold each other's ports: there the sooner one leaves the better.
    private static bool MayOverlap(Service service) =>
        service is { State: ServiceState.Running, Spec: { Stateful: false } spec }
        // Who asked for start-first has both at the volumes in any case.
        && (spec.Volumes.Count == 0 || spec.DeployOrder is not null)
        && (spec.Ports.Count == 0 || (spec.Instances == 1 && PlacementStrategies.Find(spec.Strategy) is not { PerNode: true }));

    /// <summary>Orders those away whose successor is ready, or no longer wanted to run, or whose service has become one that may not run in two places.</summary>
    public static void Run(GridDraft draft, DateTimeOffset now)
    {
        foreach (var instance in draft.Instances.By(Groupings.Leaving).Of(Groupings.All).Values.Where(one => one.Departures.Any(departure => departure.AwaitsSuccessor)))
        {
            // A service that is just not there is no order.
            var service = draft.Services.Find(Service.DocumentId(instance.Stack, instance.Service));
            var waits = instance is { Node: not null, Desired: DesiredState.Running }
                && (service is null || (service.Uid == instance.ServiceUid && MayOverlap(service)))
                && !InstanceReadiness.IsDone(instance, draft.ObservedOf(instance));
            if (waits)
                continue;
            var ordered = instance with
            {
                Departures = [.. instance.Departures.Select(one => one.AwaitsSuccessor ? one with { AwaitsSuccessor = false, OrderedAt = now } : one)],
                UpdatedAt = now,
            };
            draft.Instances.Put(ordered);
            foreach (var departure in instance.Departures.Where(one => one.AwaitsSuccessor))
                InstanceChanges.OrderRemoval(draft, ordered, departure);
        }
    }
}
