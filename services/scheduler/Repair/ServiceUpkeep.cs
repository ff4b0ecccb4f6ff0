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
        var byService = draft.Instances.Values.ToLookup(instance => instance.ServiceUid, StringComparer.Ordinal);
        foreach (var service in draft.Services.Values.OrderBy(one => one.Uid, StringComparer.Ordinal))
        {
            var own = byService[service.Uid].OrderBy(one => one.Number).ToList();
            if (service.RemovedAt is not null)
                TearDown(draft, memory, service, own, now);
            else
                KeepDesired(draft, service, own, now);
        }

        foreach (var instance in draft.Instances.Values.Where(one => one is not { Desired: DesiredState.Removed, Node: null }).ToList())
        {
            // Another service has taken the name: this one was removed while nobody looked. A service that is just not there is no order.
            var named = draft.Services.Find(Service.DocumentId(instance.Stack, instance.Service));
            if (named is not null && named.Uid != instance.ServiceUid)
                InstanceChanges.TakeDown(draft, instance, park: false, now);
        }
    }

    private static void KeepDesired(GridDraft draft, Service service, List<Instance> own, DateTimeOffset now)
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

    private static void TearDown(GridDraft draft, GridMemory memory, Service service, List<Instance> own, DateTimeOffset now)
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
        foreach (var deploy in draft.ServiceDeploys.Values.Where(one => one.ServiceUid == service.Uid).ToList())
        {
            if (DeployQueue.IsFinished(deploy.State))
                draft.ServiceDeploys.Delete(deploy.Id);
        }

        draft.Note($"{InstanceNames.Path(service.Grid, service.Stack, service.Name)} is torn down");
    }
}
