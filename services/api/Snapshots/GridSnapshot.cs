using Kontena.Contracts.Grids;
using Kontena.Contracts.Instances;
using Kontena.Contracts.Jobs;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Services;
using Kontena.Contracts.Stacks;

namespace Kontena.Api.Snapshots;

/// <summary>What was read of a grid for one request: all of it, or only what concerns some services. Rendering is a pure function of this.</summary>
internal sealed record GridSnapshot
{
    private ILookup<string?, SeenInstance>? _containersOf;

    public required Grid Grid { get; init; }
    public required IReadOnlyList<Node> Nodes { get; init; }

    /// <summary>By the node's name.</summary>
    public required IReadOnlyDictionary<string, NodeLiveness> Liveness { get; init; }

    /// <summary>By the node's name; read where nodes are asked for.</summary>
    public IReadOnlyDictionary<string, NodeDrain> Drains { get; init; } = new Dictionary<string, NodeDrain>();

    /// <summary>Without the removed ones.</summary>
    public required IReadOnlyList<Service> Services { get; init; }

    /// <summary>By the service's document id; without those on their way out.</summary>
    public required ILookup<string, Instance> Instances { get; init; }

    /// <summary>Whatever nodes still report, also for instances on their way out.</summary>
    public required IReadOnlyList<SeenInstance> Seen { get; init; }

    /// <summary>Document ids of services whose deploy has not ended.</summary>
    public required IReadOnlySet<string> Deploying { get; init; }

    /// <summary>By the service's uid; read where a service has one.</summary>
    public IReadOnlyDictionary<string, ScheduleState> Schedules { get; init; } = new Dictionary<string, ScheduleState>();

    /// <summary>The newest run that was begun, by the service's uid; read for services with a schedule.</summary>
    public IReadOnlyDictionary<string, ServiceRun> LastRuns { get; init; } = new Dictionary<string, ServiceRun>();

    /// <summary>With the administrator; read where the grid itself is asked for.</summary>
    public int UserCount { get; init; } = 1;

    public bool IsConnected(string node) => Liveness.TryGetValue(node, out var liveness) && liveness.State != LivenessState.Offline;

    public Node? NodeNamed(string? name) => name is null ? null : Nodes.FirstOrDefault(node => node.Name == name);

    public IEnumerable<SeenInstance> Containers() => Seen.Where(one => one.HasContainer);

    public IEnumerable<SeenInstance> ContainersOf(Service service) =>
        (_containersOf ??= Containers().Where(one => one.Instance is not null).ToLookup(one => one.ServiceId))[Service.DocumentId(service.Stack, service.Name)];
}

/// <summary>A report and the instance it speaks of; null when nobody wants that instance any more.</summary>
internal sealed record SeenInstance(InstanceObserved Observed, Instance? Instance)
{
    /// <summary>There is something in the engine to show, run a command in or read logs of.</summary>
    public bool HasContainer =>
        Observed.ContainerId is not null && Observed.State is not (ObservedState.Missing or ObservedState.Removed);

    public string ContainerName => Observed.ContainerName ?? Instance?.Spec?.Name ?? Observed.InstanceId;

    public bool IsRunning => Observed.State is ObservedState.Running or ObservedState.Stopping
        || (Observed.State == ObservedState.Starting && Observed.StartedAt is not null);

    public DateTimeOffset CreatedAt => Observed.CreatedAt ?? Instance?.CreatedAt ?? DateTimeOffset.UnixEpoch;

    /// <summary>The document id of its service, as far as it is known.</summary>
    public string? ServiceId => Instance is null ? null : Service.DocumentId(Instance.Stack, Instance.Service);

    public bool IsOf(Service service) => Instance is not null && Instance.Stack == service.Stack && Instance.Service == service.Name;
}
