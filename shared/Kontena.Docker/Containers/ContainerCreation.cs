using Kontena.Docker.Networks;
using Kontena.Docker.Wire;

namespace Kontena.Docker.Containers;

/// <summary>What a container is to be made of, as the engine wants to hear it. What we leave empty is left out, so that its default holds.</summary>
internal static class ContainerCreation
{
    private const double NanosecondsPerCore = 1e9;

    public static WireCreateContainer ToWire(ContainerConfig config) => new()
    {
        Image = config.Image,
        Hostname = config.Hostname,
        Domainname = config.Domainname,
        User = config.User,
        StopSignal = config.StopSignal,
        Entrypoint = config.Entrypoint,
        Cmd = config.Cmd,
        Env = OrNull(config.Env),
        Labels = OrNull(config.Labels),
        ExposedPorts = config.Ports.Count > 0 ? config.Ports.Keys.ToDictionary(port => port, _ => new WireNothing()) : null,
        Volumes = config.AnonymousVolumes.Count > 0 ? config.AnonymousVolumes.Distinct().ToDictionary(path => path, _ => new WireNothing()) : null,
        HostConfig = HostConfig(config),
        NetworkingConfig = config.Endpoint is null
            ? null
            : new WireNetworkingConfig(new() { [config.NetworkMode] = EndpointWriting.ToWire(config.Endpoint) }),
    };

    private static WireHostConfig HostConfig(ContainerConfig config) => new()
    {
        Binds = OrNull(config.Binds),
        VolumesFrom = OrNull(config.VolumesFrom),
        NetworkMode = config.NetworkMode,
        PortBindings = config.Ports.Count > 0 ? config.Ports.ToDictionary(port => port.Key, port => Bindings(port.Value)) : null,
        RestartPolicy = RestartPolicy(config.RestartPolicy),
        Dns = OrNull(config.Dns),
        DnsSearch = OrNull(config.DnsSearch),
        DnsOptions = OrNull(config.DnsOptions),
        ExtraHosts = OrNull(config.ExtraHosts),
        Memory = config.Memory,
        MemorySwap = config.MemorySwap,
        ShmSize = config.ShmSize,
        NanoCpus = config.Cpus is { } cores ? (long)Math.Round(cores * NanosecondsPerCore) : null,
        CpuShares = config.CpuShares,
        Privileged = config.Privileged ? true : null,
        ReadOnlyRootFilesystem = config.ReadOnlyRootFilesystem ? true : null,
        PidMode = config.PidMode,
        CapAdd = OrNull(config.CapAdd),
        CapDrop = OrNull(config.CapDrop),
        Devices = config.Devices.Count > 0 ? [.. config.Devices.Select(Device)] : null,
        LogConfig = config.LogDriver is null && config.LogOptions.Count == 0 ? null : new WireLogConfig(config.LogDriver, OrNull(config.LogOptions)),
    };

    private static List<WirePortBinding> Bindings(IReadOnlyList<PortPublication> publications) =>
        [.. publications.Select(p => new WirePortBinding(p.HostIp, p.HostPort == 0 ? "" : p.HostPort.ToString()))];

    /// <summary><c>host[:container[:rwm]]</c> or <c>host:rwm</c>, as the Docker CLI reads it.</summary>
    internal static WireDevice Device(string text)
    {
        var parts = text.Split(':', 3);
        var permissionsOnly = parts.Length == 2 && parts[1].Length is > 0 and <= 3 && parts[1].All("rwm".Contains);
        var inside = parts.Length > 1 && !permissionsOnly && parts[1].Length > 0 ? parts[1] : parts[0];
        var permissions = permissionsOnly ? parts[1] : parts.Length == 3 ? parts[2] : "rwm";
        return new WireDevice(parts[0], inside, permissions);
    }

    /// <summary><c>no</c>, <c>always</c>, <c>unless-stopped</c>, <c>on-failure[:N]</c>.</summary>
    internal static WireRestartPolicy? RestartPolicy(string? text)
    {
        if (text is null) return null;
        var colon = text.IndexOf(':');
        return colon < 0
            ? new WireRestartPolicy(text, 0)
            : new WireRestartPolicy(text[..colon], int.TryParse(text.AsSpan(colon + 1), out var times) ? times : 0);
    }

    private static IReadOnlyList<string>? OrNull(IReadOnlyList<string> list) => list.Count > 0 ? list : null;

    private static IReadOnlyDictionary<string, string>? OrNull(IReadOnlyDictionary<string, string> map) => map.Count > 0 ? map : null;
}
