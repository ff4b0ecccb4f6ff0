using Kontena.Api.Snapshots;
using Kontena.Contracts.Http;
using Kontena.Contracts.Instances;

namespace Kontena.Api.Containers;

/// <summary>What nodes report of containers, as the API shows it (rest-api.md §13.1).</summary>
internal static class ContainerRendering
{
    public static ContainerJson Render(SeenInstance container, GridSnapshot snapshot)
    {
        var observed = container.Observed;
        var instance = container.Instance;
        var spec = instance?.Spec;
        return new ContainerJson
        {
            Id = $"{observed.Grid}/{observed.Node}/{container.ContainerName}",
            Name = container.ContainerName,
            ContainerId = observed.ContainerId,
            GridId = observed.Grid,
            Node = NodeOf(observed, snapshot),
            ServiceId = instance is null ? null : $"{instance.Grid}/{instance.Stack}/{instance.Service}",
            CreatedAt = container.CreatedAt,
            UpdatedAt = observed.FinishedAt ?? observed.StartedAt ?? container.CreatedAt,
            StartedAt = observed.StartedAt,
            FinishedAt = observed.FinishedAt,
            Status = StatusOf(container),
            State = new ContainerStateJson
            {
                Error = observed.Error ?? "",
                ExitCode = observed.ExitCode ?? 0,
                Pid = observed.Pid ?? 0,
                OomKilled = observed.OomKilled,
                Restarting = observed.State == ObservedState.Restarting,
                Running = container.IsRunning,
            },
            DeployRev = observed.DeployRev,
            ServiceRev = observed.ServiceRevision?.ToString(),
            InstanceNumber = instance?.Number,
            Image = observed.Image ?? spec?.Image,
            Cmd = spec?.Cmd,
            Env = spec?.Env ?? [],
            Volumes = spec is { Volumes.Count: > 0 } ? [[.. spec.Volumes.Select(MountOf)]] : [],
            IpAddress = observed.Address,
            Hostname = spec?.Hostname,
            Domainname = spec?.Domainname,
            NetworkSettings = new NetworkSettingsJson { IpAddress = observed.Address, Ports = PortsOf(spec) },
            HealthStatus = observed.Health is { } health ? new ContainerHealthJson(health, observed.HealthAt) : null,
        };
    }

    /// <summary>First that fits (rest-api.md §23).</summary>
    public static string StatusOf(SeenInstance container) => container switch
    {
        { Observed.State: ObservedState.Restarting } => "restarting",
        { IsRunning: true } => "running",
        { Observed.OomKilled: true } => "oom_killed",
        _ => "stopped",
    };

    /// <summary>Never left out: the original client's list stops at a container without a node.</summary>
    private static ContainerNodeJson NodeOf(InstanceObserved observed, GridSnapshot snapshot)
    {
        var node = snapshot.NodeNamed(observed.Node);
        return new ContainerNodeJson
        {
            Id = observed.NodeId,
            Connected = snapshot.IsConnected(observed.Node),
            LastSeenAt = snapshot.Liveness.GetValueOrDefault(observed.Node)?.LastSeenAt,
            Name = observed.Node,
            Labels = node?.Labels ?? [],
            PublicIp = node?.Facts?.PublicIp,
            PrivateIp = node?.Facts?.PrivateIp,
            NodeNumber = node?.Number ?? 0,
            Grid = new ContainerGridJson(snapshot.Grid.Name, snapshot.Grid.Name, snapshot.Grid.InitialSize),
        };
    }

    private static MountJson MountOf(VolumeMount mount) => new(mount.Path, mount.BindMount ?? mount.Volume);

    private static Dictionary<string, IReadOnlyList<PublishedPortJson>> PortsOf(InstanceSpec? spec) =>
        (spec?.Ports ?? []).GroupBy(port => $"{port.ContainerPort}/{port.Protocol}").ToDictionary(
            group => group.Key,
            IReadOnlyList<PublishedPortJson> (group) => [.. group.Select(port => new PublishedPortJson(port.Ip, port.NodePort))]);
}
