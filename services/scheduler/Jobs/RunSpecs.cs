using Kontena.Contracts.Instances;
using Kontena.Contracts.Jobs;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Services;
using Kontena.Contracts.Volumes;
using Kontena.Scheduler.Deploys;
using Kontena.Scheduler.InstanceSpecs;
using Kontena.Scheduler.Snapshots;

namespace Kontena.Scheduler.Jobs;

/// <summary>What a run is made of: the service's own image, environment, volumes and links, without what only an instance that stays has.</summary>
internal static class RunSpecs
{
    private const int LongestHostName = 63;

    /// <summary><c>stack.service-run-ID</c>.</summary>
    public static string NameOf(ServiceRun run) => $"{InstanceNames.QualifiedService(run.Stack, run.Service)}-run-{run.Id}";

    /// <summary>The instance whose data the run works on, beside it on its node: the first one, of a service whose instances have data of their own. Null for the others.</summary>
    public static Instance? Companion(GridDraft draft, Service service)
    {
        var hasOwnData = service.Spec.Stateful || service.Spec.Volumes
            .Select(VolumeSpec.Read)
            .Any(entry => entry.Name is { } name && draft.Volumes.Find(name) is { Scope: VolumeScope.Instance });
        return hasOwnData ? draft.InstancesOf(service.Uid).FirstOrDefault(one => one is { Number: 1, Node: not null, Desired: not DesiredState.Removed }) : null;
    }

    /// <summary>The service as one run of it would be placed.</summary>
    public static Service AsOneRun(Service service) => service with { Spec = Bare(service, null) };

    /// <summary>The service as placement is to see it for this run: one of a kind of its own.</summary>
    public static Service ForPlacement(Service service, ServiceRun run, Instance? companion) => service with
    {
        Uid = run.Id,
        Spec = Bare(service, companion) with
        {
            Instances = 1,
            MaxPerNode = null,
            Strategy = service.Spec.Strategy == "daemon" ? "ha" : service.Spec.Strategy,
            Affinity = companion is null ? service.Spec.Affinity : [$"node=={companion.Node}"],
        },
    };

    public static InstanceSpec Build(GridDraft draft, Service service, ServiceRun run, Node node, Instance? companion)
    {
        var neighbours = draft.Scene.On(node.Name).Where(one => !one.Leaving).Select(one => one.Name).ToHashSet(StringComparer.Ordinal);
        var like = service with { Spec = Bare(service, companion) };
        var spec = InstanceSpecBuilder.Build(like, draft.Stacks.Find(service.Stack), node, 1, run.Id, null, neighbours, draft.Volumes.Find, draft.Grid?.StackNetworks);
        var host = $"{service.Name}-run-{run.Id}";
        return spec with
        {
            Name = NameOf(run),
            Number = 0,
            Hostname = spec.Hostname is not null && host.Length <= LongestHostName ? host : null,
            DnsNames = [],
            Cmd = run.Cmd is { Count: > 0 } ? run.Cmd : spec.Cmd,
            Env = [.. spec.Env.Where(entry => !entry.StartsWith("KONTENA_SERVICE_INSTANCE_NUMBER=", StringComparison.Ordinal)), .. run.Env],
            Labels = spec.Labels.Where(label => label.Key != "io.kontena.service.exposed").ToDictionary(label => label.Key, label => label.Value),
            IgnoreImageHealthCheck = true,
            ImagePin = DeployedImage(draft, service),
            RunOnce = new RunOnce(run.Timeout),
        };
    }

    // Ports and checks are those of the instances that stay; data of its own is used beside the instance that has it.
    private static ServiceSpec Bare(Service service, Instance? companion) => service.Spec with
    {
        Schedule = null,
        RunAtDeploy = false,
        Ports = [],
        Hooks = [],
        HealthCheck = null,
        ReadinessCheck = null,
        WaitForPort = null,
        StopAfterDisconnect = null,
        Stateful = false,
        Volumes = companion is null ? service.Spec.Volumes : [],
        VolumesFrom = companion is null ? service.Spec.VolumesFrom : [.. service.Spec.VolumesFrom, InstanceNames.Container(service.Stack, service.Name, 1)],
    };

    /// <summary>What the instances of the same revision run, so that a run does not meet another image because a tag has moved.</summary>
    private static string? DeployedImage(GridDraft draft, Service service) => DeployQueue.Of(draft, service.Stack, service.Name)
        .Where(one => one is { State: Contracts.Deploys.DeployState.Success, Image: not null } && one.ServiceUid == service.Uid
            && one.ServiceRevision == service.Revision && one.Image.Name == service.Spec.Image)
        .MaxBy(one => one.Id, StringComparer.Ordinal)?.Image?.Pin;
}
