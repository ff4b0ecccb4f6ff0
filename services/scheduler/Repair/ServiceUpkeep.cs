using Kontena.Contracts.Deploys;
using Kontena.Contracts.Instances;
using Kontena.Contracts.Messaging;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Services;
using Kontena.Scheduler.Deploys;
using Kontena.Scheduler.InstanceSpecs;
using Kontena.Scheduler.Instances;
using Kontena.Scheduler.Jobs;
using Kontena.Scheduler.Snapshots;

namespace Kontena.Scheduler.Repair;

/// <summary>What needs no deploy: stopping and starting, draining of stateful instances, taking removed services down.</summary>
internal static class ServiceUpkeep
{
    private static readonly TimeSpan SayAgain = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan SayAgainCap = TimeSpan.FromMinutes(5);

    public static void Run(GridDraft draft, GridMemory memory, DateTimeOffset now)
    {
        foreach (var uid in draft.Touched ?? draft.ServiceUids)
            KeepUp(draft, draft.InstancesOf(uid), now);
        draft.KeptUp();
        foreach (var service in draft.Services.By(Groupings.RemovedServices).Of(Groupings.All).Values)
            TearDown(draft, memory, service, draft.InstancesOf(service.Uid), now);
    }

    private static void KeepUp(GridDraft draft, IReadOnlyList<Instance> own, DateTimeOffset now)
    {
        if (own.Count == 0 || draft.Services.Find(Service.DocumentId(own[0].Stack, own[0].Service)) is not { } service)
            return; // a service that is just not there is no order
        if (service.Uid == own[0].ServiceUid)
        {
            if (service.RemovedAt is null)
                KeepDesired(draft, service, own, now);
            return;
        }

        // Another service has taken the name: this one was removed while nobody looked.
        foreach (var instance in own.Where(one => one is not { Desired: DesiredState.Removed, Node: null }))
            InstanceChanges.TakeDown(draft, instance, park: false, now);
    }

    private static void KeepDesired(GridDraft draft, Service service, IReadOnlyList<Instance> own, DateTimeOffset now)
    {
        if (service.State == ServiceState.Initialized)
            return;
        foreach (var instance in own.Where(one => one is { Desired: not DesiredState.Removed, Node: not null, Spec: not null }))
        {
            var wanted = Wanted(draft, service, instance);
            if (wanted == instance.Desired)
                continue;
            InstanceChanges.SetDesired(draft, instance, wanted, now);
            draft.Note($"{instance.Spec!.Name} on {instance.Node} is to be {wanted.ToString().ToLowerInvariant()}");
        }
    }

    // Stateless instances of a draining node move by a deploy, under min_health; data can't move, so those stop.
    private static DesiredState Wanted(GridDraft draft, Service service, Instance instance)
    {
        if (service.State == ServiceState.Stopped)
            return DesiredState.Stopped;
        var drains = draft.Nodes.Find(instance.Node!) is { Availability: NodeAvailability.Drain };
        return drains && service.Spec.Stateful ? DesiredState.Stopped : DesiredState.Running;
    }

    private static void TearDown(GridDraft draft, GridMemory memory, Service service, IReadOnlyList<Instance> own, DateTimeOffset now)
    {
        foreach (var instance in own.Where(one => one is not { Desired: DesiredState.Removed, Node: null }))
            InstanceChanges.TakeDown(draft, instance, park: false, now);

        // A node that is away is told when it returns: its instances' documents stay until it confirms, the service need not wait for that.
        var waiting = own
            .Select(one => draft.Instances.Find(one.Id))
            .OfType<Instance>()
            .SelectMany(one => one.Departures)
            .Any(one => draft.Scene.ByNodeId(one.NodeId) is { State: not LivenessState.Offline }) || RunUpkeep.AreLeft(draft, service.Uid);
        if (waiting || !memory.IsDue("torn down " + service.Uid, 0, DateTimeOffset.MinValue, now, SayAgain, SayAgainCap))
            return;

        draft.Send(Destination.GridManager, new ServiceTornDown
        {
            Grid = service.Grid, Stack = service.Stack, Service = service.Name, Uid = service.Uid,
        });
        foreach (var deploy in DeployQueue.Of(draft, service.Stack, service.Name).Where(one => one.ServiceUid == service.Uid))
        {
            if (DeployQueue.IsFinished(deploy.State))
                draft.ServiceDeploys.Delete(deploy.Id);
        }

        draft.Note($"{InstanceNames.Path(service.Grid, service.Stack, service.Name)} is torn down");
    }
}
