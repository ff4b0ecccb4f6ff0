using Kontena.Api.Jobs;
using Kontena.Api.Snapshots;
using Kontena.Contracts.Http;
using Kontena.Contracts.Services;
using Kontena.Contracts.Stacks;
using Kontena.State;

namespace Kontena.Api.Services;

/// <summary>Service documents as the API shows them (rest-api.md §12.1).</summary>
internal static class ServiceRendering
{
    /// <summary>Every kind of the grid's documents that a service is shown by, and the stacks that it may be asked by.</summary>
    public static readonly IReadOnlyList<string> MadeOf =
    [
        StateKeys.Service.Name, StateKeys.Instance.Name, StateKeys.Observed.Name, StateKeys.ScheduleState.Name, StateKeys.ServiceRun.Name, StateKeys.Stack.Name,
    ];

    public static ServiceJson Render(Service service, GridSnapshot snapshot)
    {
        var spec = service.Spec;
        var containers = snapshot.ContainersOf(service).ToList();
        return new ServiceJson
        {
            Id = IdOf(service),
            CreatedAt = service.CreatedAt,
            UpdatedAt = service.UpdatedAt,
            Image = spec.Image,
            Affinity = spec.Affinity.Count > 0 ? spec.Affinity : snapshot.Grid.DefaultAffinity,
            Name = service.Name,
            Stateful = spec.Stateful,
            User = spec.User,
            // What is only ever run has none.
            Instances = ServiceSpec.KeepsInstances(spec) ? spec.Instances : 0,
            RunAtDeploy = spec.RunAtDeploy ? true : null,
            Cmd = spec.Cmd,
            Entrypoint = spec.Entrypoint,
            Net = spec.Net,
            Dns = DnsOf(service),
            Networks = IsPrivate(service, snapshot) ? StackNetworks.Private : null,
            Ports = [.. spec.Ports.Select(port => new PortJson
            {
                Ip = port.Ip, Protocol = port.Protocol, NodePort = port.NodePort, ContainerPort = port.ContainerPort,
            })],
            Env = spec.Env,
            Secrets = [.. spec.Secrets.Select(use => new SecretJson(use.Name, use.Secret, use.Type))],
            Memory = spec.Memory,
            MemorySwap = spec.MemorySwap,
            ShmSize = spec.ShmSize,
            Cpus = spec.Cpus,
            CpuShares = spec.CpuShares,
            Volumes = spec.Volumes,
            VolumesFrom = spec.VolumesFrom,
            CapAdd = spec.CapAdd,
            CapDrop = spec.CapDrop,
            State = StateOf(service.State),
            Grid = new IdJson(service.Grid),
            Stack = new IdNameJson($"{service.Grid}/{service.Stack}", service.Stack),
            Links = [.. spec.Links.Select(link => Link(link, service))],
            LogDriver = spec.LogDriver,
            LogOpts = spec.LogOpts,
            Strategy = spec.Strategy,
            DeployOpts = new DeployOptsJson
            {
                Interval = spec.DeployInterval, MinHealth = spec.MinHealth, WaitForPort = spec.WaitForPort,
                Parallelism = spec.DeployParallelism, ParallelismPerNode = spec.DeployParallelismPerNode, Order = spec.DeployOrder,
                OnFailure = spec.DeployOnFailure, StopAfterDisconnect = spec.StopAfterDisconnect,
                Spread = spec.Spread, MaxPerNode = spec.MaxPerNode,
                Reservations = spec is { CpuReservation: null, MemoryReservation: null } ? null : new ReservationsJson(spec.CpuReservation, spec.MemoryReservation),
            },
            Pid = spec.Pid,
            InstanceCounts = new InstanceCountsJson(containers.Count, containers.Count(one => one.IsRunning)),
            ReadOnly = spec.ReadOnly,
            Hooks = [.. spec.Hooks.Select(hook => new HookJson(hook.Name, hook.Type, hook.Cmd, hook.Oneshot) { Timeout = hook.Timeout })],
            Revision = service.Revision,
            StackRevision = service.StackRevision,
            HealthCheck = spec.HealthCheck is { } check ? Check(check) : null,
            ReadinessCheck = spec.ReadinessCheck is { } readiness ? Check(readiness) : null,
            IgnoreImageHealthCheck = spec.IgnoreImageHealthCheck ? true : null,
            // Also where only the image has a check: then there is a verdict though the service says nothing.
            HealthStatus = spec.HealthCheck is null && containers.All(one => one.Observed.Health is null) ? null : new HealthCountsJson(
                containers.Count(one => one.Observed.Health == "healthy"),
                containers.Count(one => one.Observed.Health == "unhealthy"),
                containers.Count),
            StopSignal = spec.StopSignal,
            StopGracePeriod = spec.StopGracePeriod,
            Schedule = spec.Schedule is { } schedule ? RunRendering.Render(schedule, snapshot.Schedules.GetValueOrDefault(service.Uid), snapshot.LastRuns.GetValueOrDefault(service.Uid)) : null,
        };
    }

    public static string IdOf(Service service) => $"{service.Grid}/{service.Stack}/{service.Name}";

    public static string StateOf(ServiceState state) => state switch
    {
        ServiceState.Running => "running",
        ServiceState.Stopped => "stopped",
        _ => "initialized",
    };

    private static string DnsOf(Service service) => service.Stack == Service.NoStack
        ? $"{service.Name}.{service.Grid}.kontena.local"
        : $"{service.Name}.{service.Stack}.{service.Grid}.kontena.local";

    private static LinkJson Link(ServiceLink link, Service service)
    {
        var stack = link.Stack.Length == 0 ? service.Stack : link.Stack;
        return new LinkJson(
            $"{service.Grid}/{stack}/{link.Service}", link.Alias, stack == Service.NoStack ? link.Service : $"{stack}/{link.Service}");
    }

    // What is in force, not what a later deploy will make of it.
    private static bool IsPrivate(Service service, GridSnapshot snapshot) =>
        snapshot.Instances[Service.DocumentId(service.Stack, service.Name)].Any(one => one.Spec is { Private: true });

    private static HealthCheckJson Check(HealthCheckSpec check) => new()
    {
        Protocol = check.Protocol,
        Uri = check.Uri,
        Port = check.Port,
        Timeout = check.Timeout,
        InitialDelay = check.InitialDelay,
        Interval = check.Interval,
        Retries = check.Retries,
        SuccessThreshold = check.SuccessThreshold == 1 ? null : check.SuccessThreshold,
    };
}
