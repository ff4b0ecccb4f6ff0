using Kontena.Contracts.Instances;
using Kontena.Contracts.Services;

namespace Kontena.NodeAgent.Instances;

/// <summary>The labels by which the agent finds its own work again (runtime.md §3.9), spelled once.</summary>
internal static class ManagedLabels
{
    public const string InstanceId = "io.kontena.instance.id";
    public const string Generation = "io.kontena.instance.generation";
    public const string Stateful = "io.kontena.instance.stateful";
    public const string Type = "io.kontena.container.type";
    public const string ContainerType = "container";
    public const string HookType = "service_hook";
    public const string Name = "io.kontena.container.name";
    public const string Pod = "io.kontena.container.pod";
    public const string DeployRev = "io.kontena.container.deploy_rev";
    public const string ServiceRevision = "io.kontena.container.service_revision";
    public const string StopGracePeriod = "io.kontena.container.stop_grace_period";

    /// <summary>Who answers the container's names: <see cref="ByAgent"/>, <see cref="ByEngine"/>. Older agents' containers don't say: the engine.</summary>
    public const string Names = "io.kontena.container.names";
    public const string ByAgent = "agent";
    public const string ByEngine = "engine";
    public const string Image = "io.kontena.container.image";
    public const string ImagePin = "io.kontena.container.image_pin";
    public const string ServiceId = "io.kontena.service.id";
    public const string ServiceName = "io.kontena.service.name";
    public const string InstanceNumber = "io.kontena.service.instance_number";
    public const string Exposed = "io.kontena.service.exposed";
    public const string StackName = "io.kontena.stack.name";
    public const string GridName = "io.kontena.grid.name";
    public const string PlatformName = "io.kontena.platform.name";
    public const string VolumePath = "io.kontena.volume.path";
    public const string VolumeId = "io.kontena.volume.id";
    public const string VolumeName = "io.kontena.volume.name";
    public const string VolumeInstanceId = "io.kontena.volume_instance.id";

    /// <summary>Labels of the service's container: the user's own first, so that they can't replace ours.</summary>
    public static IReadOnlyDictionary<string, string> OfContainer(string instanceId, long generation, InstanceSpec spec, string? imagePin = null)
    {
        var labels = new Dictionary<string, string>(spec.Labels, StringComparer.Ordinal);
        if (imagePin is not null)
            (labels[Image], labels[ImagePin]) = (spec.Image, imagePin);
        Own(labels, instanceId, spec);
        labels[Type] = ContainerType;
        labels[Generation] = generation.ToString();
        labels[Pod] = spec.Name;
        labels[DeployRev] = spec.DeployRev;
        labels[ServiceRevision] = spec.ServiceRevision.ToString();
        labels[StopGracePeriod] = spec.StopGracePeriod.ToString();
        if (spec.Stateful)
            labels[Stateful] = "1";
        if (spec.Stack != Service.NoStack && spec.DnsNames.Contains($"{spec.Stack}.{spec.Grid}.kontena.local", StringComparer.Ordinal))
            labels[Exposed] = "1";
        if (spec.HealthCheck is { } check)
            AddHealthCheck(labels, check);
        return labels;
    }

    /// <summary>Labels of a throw-away container that runs a hook: found by its log follower, taken for no instance.</summary>
    public static IReadOnlyDictionary<string, string> OfHook(string instanceId, InstanceSpec spec)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        Own(labels, instanceId, spec);
        labels[Type] = HookType;
        return labels;
    }

    /// <summary>Labels of a volume that holds one path of one instance.</summary>
    public static IReadOnlyDictionary<string, string> OfDataVolume(string instanceId, InstanceSpec spec, string path)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        Own(labels, instanceId, spec);
        labels[Type] = "volume";
        labels[VolumePath] = path;
        return labels;
    }

    private static void Own(Dictionary<string, string> labels, string instanceId, InstanceSpec spec)
    {
        labels[InstanceId] = instanceId;
        labels[Name] = spec.Name;
        labels[ServiceId] = spec.ServiceUid;
        labels[ServiceName] = spec.Service;
        labels[InstanceNumber] = spec.Number.ToString();
        labels[StackName] = spec.Stack;
        labels[GridName] = spec.Grid;
        labels[PlatformName] = spec.Grid;
    }

    private static void AddHealthCheck(Dictionary<string, string> labels, HealthCheckSpec check)
    {
        const string prefix = "io.kontena.health_check.";
        labels[prefix + "protocol"] = check.Protocol;
        labels[prefix + "port"] = check.Port.ToString();
        if (check.Protocol == "http")
            labels[prefix + "uri"] = check.Uri;
        labels[prefix + "interval"] = check.Interval.ToString();
        labels[prefix + "timeout"] = check.Timeout.ToString();
        labels[prefix + "initial_delay"] = check.InitialDelay.ToString();
    }
}
