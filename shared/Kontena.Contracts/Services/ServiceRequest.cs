using System.Text.Json.Serialization;

namespace Kontena.Contracts.Services;

/// <summary>A service as clients send it: the body of create and update, and an element of a stack's <c>services</c>. Null means "not given" (rest-api.md §12.3).</summary>
/// <remarks>Serialised with snake_case names, see <see cref="KontenaHttpJson"/>.</remarks>
public sealed record ServiceRequest
{
    public string? Name { get; init; }
    public string? Image { get; init; }
    public bool? Stateful { get; init; }
    public int? Instances { get; init; }

    /// <summary>The older name of <see cref="Instances"/>, still sent by the original client.</summary>
    public int? ContainerCount { get; init; }
    public string? Strategy { get; init; }
    public string? User { get; init; }
    public string? Entrypoint { get; init; }
    public IReadOnlyList<string>? Cmd { get; init; }
    public IReadOnlyList<string>? Env { get; init; }
    public IReadOnlyList<SecretRequest>? Secrets { get; init; }
    public IReadOnlyList<CertificateRequest>? Certificates { get; init; }
    public IReadOnlyList<PortRequest>? Ports { get; init; }
    public IReadOnlyList<LinkRequest>? Links { get; init; }
    public IReadOnlyList<LinkRequest>? ExternalLinks { get; init; }

    /// <summary>Ours: what a stack deploy waits for; each is linked to as well.</summary>
    public IReadOnlyList<DependencyRequest>? DependsOn { get; init; }
    public IReadOnlyList<string>? Volumes { get; init; }
    public IReadOnlyList<string>? VolumesFrom { get; init; }
    public IReadOnlyList<string>? Affinity { get; init; }
    public long? Memory { get; init; }
    public long? MemorySwap { get; init; }
    public long? ShmSize { get; init; }
    public double? Cpus { get; init; }
    public int? CpuShares { get; init; }
    public bool? Privileged { get; init; }
    public bool? ReadOnly { get; init; }
    public IReadOnlyList<string>? CapAdd { get; init; }
    public IReadOnlyList<string>? CapDrop { get; init; }
    public IReadOnlyList<string>? Devices { get; init; }
    public string? Net { get; init; }
    public string? Pid { get; init; }
    public string? LogDriver { get; init; }
    public IReadOnlyDictionary<string, string>? LogOpts { get; init; }
    public DeployOptsRequest? DeployOpts { get; init; }
    public HooksRequest? Hooks { get; init; }
    public HealthCheckRequest? HealthCheck { get; init; }
    public HealthCheckRequest? ReadinessCheck { get; init; }
    public string? StopSignal { get; init; }
    public string? StopGracePeriod { get; init; }

    /// <summary>What the client built the image from; informational for the server.</summary>
    public BuildRequest? Build { get; init; }

    /// <summary>Update only: grow the revision even when nothing changed.</summary>
    public bool? Force { get; init; }
}

public sealed record SecretRequest(string? Secret, string? Name, string? Type = "env");

public sealed record CertificateRequest(string? Subject, string? Name, string? Type = "env");

public sealed record PortRequest
{
    public string? Ip { get; init; }
    public int? ContainerPort { get; init; }
    public int? NodePort { get; init; }
    public string? Protocol { get; init; }
}

/// <param name="Name"><c>service</c> of the own stack, or <c>stack/service</c>.</param>
public sealed record LinkRequest(string? Name, string? Alias);

/// <param name="Name">A service of the own stack.</param>
/// <param name="Condition"><c>started</c> (what every link means), <c>healthy</c>, or in a stack <c>completed</c>.</param>
public sealed record DependencyRequest(string? Name, string? Condition);

public sealed record DeployOptsRequest
{
    public int? WaitForPort { get; init; }
    public double? MinHealth { get; init; }

    /// <summary>Seconds.</summary>
    public int? Interval { get; init; }

    /// <summary>1 to 1000.</summary>
    public int? Parallelism { get; init; }

    /// <summary>1 to 1000.</summary>
    public int? ParallelismPerNode { get; init; }

    /// <summary><c>stop-first</c> or <c>start-first</c>.</summary>
    public string? Order { get; init; }

    /// <summary><c>stop</c>, <c>continue</c> or <c>rollback</c>.</summary>
    public string? OnFailure { get; init; }

    /// <summary>The key of a label, such as <c>rack</c>.</summary>
    public string? Spread { get; init; }
    public int? MaxPerNode { get; init; }
    public ReservationsRequest? Reservations { get; init; }

    /// <summary>Seconds; see <see cref="ServiceSpec.StopAfterDisconnect"/>.</summary>
    public int? StopAfterDisconnect { get; init; }

    /// <summary>When the service is run, as in crontab(5); see <see cref="Jobs.ScheduleSpec"/> for this and the four below. In a change of a service, null leaves
    /// the schedule that it has, and <c>none</c> takes it away.</summary>
    public string? Schedule { get; init; }
    public string? TimeZone { get; init; }
    public string? Concurrency { get; init; }
    public int? History { get; init; }

    /// <summary>Seconds.</summary>
    public int? StartingDeadline { get; init; }
}

/// <param name="Cpus">Cores.</param>
/// <param name="Memory">Bytes.</param>
public sealed record ReservationsRequest(double? Cpus, long? Memory);

public sealed record HooksRequest
{
    public IReadOnlyList<HookRequest>? PreBuild { get; init; }
    public IReadOnlyList<HookRequest>? PreStart { get; init; }
    public IReadOnlyList<HookRequest>? PostStart { get; init; }
    public IReadOnlyList<HookRequest>? PreStop { get; init; }
}

public sealed record HookRequest
{
    public string? Name { get; init; }
    public string? Cmd { get; init; }
    public string? Instances { get; init; }
    public bool? Oneshot { get; init; }

    /// <summary>Seconds.</summary>
    public int? Timeout { get; init; }
}

public sealed record HealthCheckRequest
{
    public int? Port { get; init; }
    public string? Protocol { get; init; }
    public string? Uri { get; init; }
    public int? Timeout { get; init; }
    public int? Interval { get; init; }
    public int? InitialDelay { get; init; }
    public int? Retries { get; init; }
    public int? SuccessThreshold { get; init; }
}

public sealed record BuildRequest
{
    public string? Context { get; init; }
    public string? Dockerfile { get; init; }
    public IReadOnlyDictionary<string, string>? Args { get; init; }
}
