using Kontena.Contracts.Instances;
using Kontena.Contracts.Services;
using Kontena.Core.Vault;
using Kontena.Docker;
using Kontena.NodeAgent.Engine;
using Kontena.NodeAgent.Networking;

namespace Kontena.NodeAgent.Instances;

/// <summary>How an instance's spec becomes a container, field by field (runtime.md §3.8). Entrypoint and command follow Docker's
/// rules: giving an entrypoint drops the image's command.</summary>
internal static class ContainerBlueprint
{
    /// <param name="image">What the image declares; its VOLUME paths become data volumes of a stateful instance.</param>
    /// <param name="volumesFrom">Container names, already resolved.</param>
    /// <param name="nameServer">The agent's; null when it can't answer: then the engine knows the names, of this node's containers and whether or not they are ready.</param>
    /// <param name="engineAnswersSome">There are containers that ask the engine only, made without our name server: they find this one by names that the engine has.</param>
    /// <param name="secrets">Variables with values of the vault. The user's variables give way to them, as with the original.</param>
    /// <param name="secretFiles">The node's directory with its files of secrets; null without any.</param>
    public static ContainerConfig Of(
        string instanceId, long generation, InstanceSpec spec, string node, ImageDetails? image, IReadOnlyList<string> volumesFrom, string? nameServer = null,
        bool engineAnswersSome = false, IReadOnlyList<string>? secrets = null, string? secretFiles = null)
    {
        var bridge = spec.Net == "bridge";
        var pin = image is null ? null : ImagePins.Of(spec.Image, image);
        var ownNames = !spec.Net.StartsWith("container:", StringComparison.Ordinal) && spec.Net != "host";
        return new ContainerConfig
        {
            // The tag may mean another image by now, or none on this node; without a pin it is what was just looked up.
            Image = spec.ImagePin is null || image is null ? spec.Image
                : image.RepoDigests.Contains(spec.ImagePin) ? spec.ImagePin
                : image.Id,
            Entrypoint = spec.Entrypoint,
            Cmd = spec.Cmd,
            Env = [.. spec.Env, .. secrets ?? [], .. Environment(spec, node)],
            User = spec.User,
            Hostname = ownNames ? spec.Hostname : null,
            Domainname = ownNames ? spec.Domainname : null,
            StopSignal = spec.StopSignal,
            Labels = new Dictionary<string, string>(ManagedLabels.OfContainer(instanceId, generation, spec, pin), StringComparer.Ordinal)
            {
                [ManagedLabels.Names] = bridge && nameServer is null ? ManagedLabels.ByEngine : ManagedLabels.ByAgent,
            },
            Ports = bridge ? Ports(spec) : new Dictionary<string, IReadOnlyList<PortPublication>>(),
            Binds = secretFiles is null ? Binds(spec, image) : [.. Binds(spec, image), $"{secretFiles}:{SecretRules.FileDirectory}:ro"],
            AnonymousVolumes = spec.Stateful
                ? []
                : [.. spec.Volumes.Where(mount => mount is { Volume: null, BindMount: null }).Select(mount => mount.Path)],
            VolumesFrom = volumesFrom,
            NetworkMode = bridge ? GridNetwork.NameOf(spec.Grid) : spec.Net,
            Endpoint = bridge && (nameServer is null || engineAnswersSome) ? ContainerNames.EndpointOf(spec) : null,
            Dns = bridge && nameServer is not null ? [nameServer] : [],
            DnsSearch = ownNames ? spec.DnsSearch : [],
            // The engine's own choice is 0, which asks the outside world for a bare "db" before the search list is tried.
            DnsOptions = bridge ? ["ndots:1"] : [],
            Memory = spec.Memory,
            MemorySwap = spec.MemorySwap,
            ShmSize = spec.ShmSize,
            Cpus = spec.Cpus,
            CpuShares = spec.CpuShares,
            Privileged = spec.Privileged,
            ReadOnlyRootFilesystem = spec.ReadOnly,
            PidMode = spec.Pid,
            CapAdd = spec.CapAdd,
            CapDrop = spec.CapDrop,
            Devices = spec.Devices,
            LogDriver = spec.LogDriver,
            LogOptions = spec.LogOpts,
        };
    }

    /// <summary>A throw-away container for a pre_start hook: same image, data and network, no ports, names or health of its own.</summary>
    public static ContainerConfig OfHook(ContainerConfig instance, string instanceId, InstanceSpec spec, string command) =>
        instance with
        {
            Entrypoint = ["/bin/sh", "-c"],
            Cmd = [command],
            Labels = ManagedLabels.OfHook(instanceId, spec),
            Ports = new Dictionary<string, IReadOnlyList<PortPublication>>(),
            Endpoint = instance.Endpoint is null ? null : instance.Endpoint with { Aliases = [] },
        };

    /// <summary>What the platform tells each container about itself; after the user's variables, so that it can't be overridden.</summary>
    public static IReadOnlyList<string> Environment(InstanceSpec spec, string node) =>
    [
        $"KONTENA_SERVICE_ID={spec.ServiceUid}",
        $"KONTENA_SERVICE_NAME={spec.Service}",
        $"KONTENA_GRID_NAME={spec.Grid}",
        $"KONTENA_PLATFORM_NAME={spec.Grid}",
        $"KONTENA_STACK_NAME={spec.Stack}",
        $"KONTENA_NODE_NAME={node}",
        $"KONTENA_SERVICE_INSTANCE_NUMBER={spec.Number}",
    ];

    private static Dictionary<string, IReadOnlyList<PortPublication>> Ports(InstanceSpec spec) =>
        spec.Ports
            .GroupBy(port => $"{port.ContainerPort}/{port.Protocol}")
            .ToDictionary(group => group.Key, IReadOnlyList<PortPublication> (group) => [.. group.Select(Publication)]);

    private static PortPublication Publication(PortMapping port) => new(port.Ip, port.NodePort);

    private static IReadOnlyList<string> Binds(InstanceSpec spec, ImageDetails? image)
    {
        var asked = spec.Volumes
            .Where(mount => mount.Volume is not null || mount.BindMount is not null)
            .Select(mount => string.IsNullOrEmpty(mount.Flags)
                ? $"{mount.Volume ?? mount.BindMount}:{mount.Path}"
                : $"{mount.Volume ?? mount.BindMount}:{mount.Path}:{mount.Flags}");
        return [.. asked, .. DataVolumes.Of(spec, image).Select(data => $"{data.Volume}:{data.Path}")];
    }
}
