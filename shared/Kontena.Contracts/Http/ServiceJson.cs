using System.Text.Json.Serialization;

namespace Kontena.Contracts.Http;

/// <summary>A service on HTTP (rest-api.md §12.1).</summary>
public sealed record ServiceJson
{
    /// <summary><c>grid/stack/name</c>.</summary>
    public string Id { get; init; } = "";
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }
    public string Image { get; init; } = "";
    public IReadOnlyList<string> Affinity { get; init; } = [];
    public string Name { get; init; } = "";
    public bool Stateful { get; init; }
    public string? User { get; init; }

    /// <summary>Wanted number.</summary>
    public int Instances { get; init; }
    public IReadOnlyList<string>? Cmd { get; init; }
    public string? Entrypoint { get; init; }
    public string Net { get; init; } = "bridge";
    public string Dns { get; init; } = "";

    /// <summary><c>private</c> when its instances are reached by their own stack and by services with a link alone; left out for others.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Networks { get; init; }
    public IReadOnlyList<PortJson> Ports { get; init; } = [];
    public IReadOnlyList<string> Env { get; init; } = [];
    public IReadOnlyList<SecretJson> Secrets { get; init; } = [];

    /// <summary>Bytes.</summary>
    public long? Memory { get; init; }
    public long? MemorySwap { get; init; }
    public long? ShmSize { get; init; }
    public double? Cpus { get; init; }
    public int? CpuShares { get; init; }
    public IReadOnlyList<string> Volumes { get; init; } = [];
    public IReadOnlyList<string> VolumesFrom { get; init; } = [];
    public IReadOnlyList<string> CapAdd { get; init; } = [];
    public IReadOnlyList<string> CapDrop { get; init; } = [];

    /// <summary><c>initialized</c>, <c>running</c> or <c>stopped</c>.</summary>
    public string State { get; init; } = "";
    public IdJson Grid { get; init; } = new("");
    public IdNameJson Stack { get; init; } = new("", "");
    public IReadOnlyList<LinkJson> Links { get; init; } = [];
    public string? LogDriver { get; init; }
    public IReadOnlyDictionary<string, string> LogOpts { get; init; } = new Dictionary<string, string>();
    public string Strategy { get; init; } = "ha";
    public DeployOptsJson DeployOpts { get; init; } = new();
    public string? Pid { get; init; }
    public InstanceCountsJson InstanceCounts { get; init; } = new(0, 0);
    public bool ReadOnly { get; init; }
    public IReadOnlyList<HookJson> Hooks { get; init; } = [];
    public int Revision { get; init; }
    public int? StackRevision { get; init; }

    /// <summary>Left out without a check.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public HealthCheckJson? HealthCheck { get; init; }

    /// <summary>Left out when there is none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public HealthCheckJson? ReadinessCheck { get; init; }

    /// <summary>True when the image's own check is not to count; left out otherwise.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? IgnoreImageHealthCheck { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public HealthCountsJson? HealthStatus { get; init; }
    public string? StopSignal { get; init; }

    /// <summary>Seconds.</summary>
    public int StopGracePeriod { get; init; } = 10;
    public IReadOnlyList<CertificateJson> Certificates { get; init; } = [];

    /// <summary>When it is run; ours, left out for a service whose instances run all the time.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ScheduleJson? Schedule { get; init; }

    /// <summary>True for one that is run once by each of its deploys; ours, left out for others.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? RunAtDeploy { get; init; }
}

/// <summary>A service's schedule, as <see cref="Jobs.ScheduleSpec"/> has it, and how far it has come.</summary>
public sealed record ScheduleJson
{
    public string Cron { get; init; } = "";
    public string TimeZone { get; init; } = "";
    public string Concurrency { get; init; } = "";
    public int History { get; init; }

    /// <summary>Seconds.</summary>
    public int StartingDeadline { get; init; }

    /// <summary>Null while the service is stopped, or not yet looked at.</summary>
    public DateTimeOffset? NextTick { get; init; }

    /// <summary>Why the schedule is not carried out at present, in a sentence; null, and left out, when it is.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Reason { get; init; }

    /// <summary>The newest run that was begun; null when there is none on record.</summary>
    public RunJson? LastRun { get; init; }
}

public sealed record IdJson(string Id);

public sealed record IdNameJson(string? Id, string Name);

public sealed record PortJson
{
    public string Ip { get; init; } = "0.0.0.0";
    public string Protocol { get; init; } = "tcp";
    public int NodePort { get; init; }
    public int ContainerPort { get; init; }
}

public sealed record SecretJson(string Name, string Secret, string Type);

public sealed record CertificateJson(string Name, string Subject, string Type);

/// <param name="Id">The linked service's id.</param>
/// <param name="Alias">The name this service knows it by.</param>
/// <param name="Name"><c>stack/service</c>, or only the service's name when it belongs to no stack.</param>
public sealed record LinkJson(string Id, string Alias, string Name);

public sealed record DeployOptsJson
{
    /// <summary>Seconds.</summary>
    public int? Interval { get; init; }
    public double? MinHealth { get; init; }
    public int? WaitForPort { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Parallelism { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? ParallelismPerNode { get; init; }

    /// <summary><c>start-first</c>; left out for <c>stop-first</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Order { get; init; }

    /// <summary><c>continue</c> or <c>rollback</c>; left out for <c>stop</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? OnFailure { get; init; }

    /// <summary>Left out when not set, as are the two after it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Spread { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? MaxPerNode { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ReservationsJson? Reservations { get; init; }

    /// <summary>Seconds; ours. Left out when not set.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? StopAfterDisconnect { get; init; }
}

/// <param name="Cpus">Cores.</param>
/// <param name="Memory">Bytes.</param>
public sealed record ReservationsJson(double? Cpus, long? Memory);

public sealed record InstanceCountsJson(int Total, int Running);

public sealed record HookJson(string Name, string Type, string Cmd, bool Oneshot)
{
    /// <summary>Seconds; left out where the node's setting counts.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Timeout { get; init; }
}

/// <summary>Seconds.</summary>
public sealed record HealthCheckJson
{
    public string? Protocol { get; init; }
    public string? Uri { get; init; }
    public int? Port { get; init; }
    public int? Timeout { get; init; }
    public int? InitialDelay { get; init; }
    public int? Interval { get; init; }

    /// <summary>Left out where the default counts.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Retries { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? SuccessThreshold { get; init; }
}

public sealed record HealthCountsJson(int Healthy, int Unhealthy, int Total);

public sealed record ServicesJson(IReadOnlyList<ServiceJson> Services);

/// <summary>Body of <c>scale</c>.</summary>
public sealed record ScaleRequest(int? Instances);

/// <summary>Body of <c>deploy</c>.</summary>
/// <param name="Force">Replace every container, changed or not.</param>
/// <param name="AcceptDataLoss">Start instances whose data can't be reached empty on other nodes; ours, older servers ignore it.</param>
public sealed record DeployRequest(
    bool? Force, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] bool? AcceptDataLoss = null);

/// <summary>Body of <c>envs</c>.</summary>
/// <param name="Env"><c>KEY=value</c>.</param>
public sealed record EnvRequest(string? Env);
