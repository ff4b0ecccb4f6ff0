namespace Kontena.Contracts.Services;

/// <summary>What the user asked a service to be, complete and valid. Never edited by the system. Ranges and defaults: rest-api.md §12.3.</summary>
public sealed record ServiceSpec
{
    public required string Image { get; init; }
    public bool Stateful { get; init; }

    /// <summary>1 or more; for <c>daemon</c>, per node.</summary>
    public int Instances { get; init; } = 1;

    /// <summary><c>ha</c>, <c>daemon</c>, <c>random</c> or <c>binpack</c>.</summary>
    public string Strategy { get; init; } = "ha";

    /// <summary>The label whose values are each given as many instances as the others; null: the strategy's own (<c>az</c> for <c>ha</c>, none for
    /// the others).</summary>
    public string? Spread { get; init; }

    /// <summary>1 or more: instances of the service on one node; null for any number.</summary>
    public int? MaxPerNode { get; init; }
    public string? User { get; init; }

    /// <summary>One text, split like a shell would.</summary>
    public string? Entrypoint { get; init; }
    public IReadOnlyList<string>? Cmd { get; init; }

    /// <summary><c>KEY=value</c> each, at most 128 KiB.</summary>
    public IReadOnlyList<string> Env { get; init; } = [];

    /// <summary>What of the vault its containers are given, at most 128; several under one <see cref="SecretUse.Name"/> are joined with newlines, in this order.</summary>
    public IReadOnlyList<SecretUse> Secrets { get => field ?? []; init; } = [];
    public IReadOnlyList<PortMapping> Ports { get; init; } = [];
    public IReadOnlyList<ServiceLink> Links { get; init; } = [];

    /// <summary>Services of the own stack that a stack deploy waits for before this one, beyond being deployed, which every link asks for.</summary>
    public IReadOnlyList<ServiceDependency> DependsOn { get => field ?? []; init; } = [];

    /// <summary><c>name:/path[:flags]</c>, <c>/host:/path[:flags]</c> or <c>/path</c>.</summary>
    public IReadOnlyList<string> Volumes { get; init; } = [];
    public IReadOnlyList<string> VolumesFrom { get; init; } = [];
    public IReadOnlyList<string> Affinity { get; init; } = [];

    /// <summary>Bytes.</summary>
    public long? Memory { get; init; }
    public long? MemorySwap { get; init; }
    public long? ShmSize { get; init; }
    public double? Cpus { get; init; }

    /// <summary>Bytes of its node's memory that placement keeps for each instance; null: its limit, and without one what it was seen to
    /// use.</summary>
    public long? MemoryReservation { get; init; }

    /// <summary>Cores of its node that placement keeps for each instance; null: its limit.</summary>
    public double? CpuReservation { get; init; }

    /// <summary>0 to 1024.</summary>
    public int? CpuShares { get; init; }
    public bool Privileged { get; init; }
    public bool ReadOnly { get; init; }
    public IReadOnlyList<string> CapAdd { get; init; } = [];
    public IReadOnlyList<string> CapDrop { get; init; } = [];
    public IReadOnlyList<string> Devices { get; init; } = [];

    /// <summary><c>bridge</c>, <c>host</c> or <c>container:NAME</c>.</summary>
    public string Net { get; init; } = "bridge";

    /// <summary>Null or <c>host</c>.</summary>
    public string? Pid { get; init; }
    public string? LogDriver { get; init; }
    public IReadOnlyDictionary<string, string> LogOpts { get; init; } = new Dictionary<string, string>();
    public IReadOnlyList<ServiceHook> Hooks { get; init; } = [];

    /// <summary>Restarts an instance that fails it, and decides whether it is ready unless <see cref="ReadinessCheck"/> does.</summary>
    public HealthCheckSpec? HealthCheck { get; init; }

    /// <summary>Decides alone whether an instance is ready; never restarts it.</summary>
    public HealthCheckSpec? ReadinessCheck { get; init; }

    /// <summary>The image's own HEALTHCHECK counts for nothing. Otherwise it counts when there is no <see cref="HealthCheck"/>.</summary>
    public bool IgnoreImageHealthCheck { get; init; }
    public string? StopSignal { get; init; }

    /// <summary>Seconds.</summary>
    public int StopGracePeriod { get; init; } = 10;

    /// <summary>TCP port that must accept a connection before an instance counts as deployed.</summary>
    public int? WaitForPort { get; init; }

    /// <summary>0 to 1: the share of instances that stays up during a deploy.</summary>
    public double MinHealth { get; init; } = 0.8;

    /// <summary>Seconds between automatic redeploys; null for none.</summary>
    public int? DeployInterval { get; init; }

    /// <summary>1 to 1000: how many instances a deploy has under way at once, below what <see cref="MinHealth"/> allows; null for no bound of its own.</summary>
    public int? DeployParallelism { get; init; }

    /// <summary>1 to 1000: how many of them on one node; null for no bound of its own.</summary>
    public int? DeployParallelismPerNode { get; init; }

    /// <summary><c>start-first</c>: an instance is replaced by starting its new container beside the old one, which is stopped when the new one is ready. Not for
    /// stateful services, nor with node ports or another network than <c>bridge</c>. Null is <c>stop-first</c>.</summary>
    public string? DeployOrder { get; init; }

    /// <summary>What a deploy does when an instance fails: <c>stop</c>, <c>continue</c> with the others, or <c>rollback</c> to the newest revision that was
    /// deployed successfully. Null is <c>stop</c>.</summary>
    public string? DeployOnFailure { get; init; }

    /// <summary>Seconds, 20 to 86400: a node that hears nothing from the control plane for so long stops the instances of this stateful service, so that another
    /// never runs beside them. Null: they run on.</summary>
    public int? StopAfterDisconnect { get; init; }

    /// <summary>When it is run; null: its instances run all the time.</summary>
    public Jobs.ScheduleSpec? Schedule { get; init; }

    /// <summary>Run once by each of its deploys, which succeeds when the run has; no instances stay. So it is with services that others of their stack wait for to be
    /// completed.</summary>
    public bool RunAtDeploy { get; init; }

    /// <summary>Whether instances of the service stay; otherwise it is only ever run, and ends.</summary>
    public static bool KeepsInstances(ServiceSpec spec) => spec is { Schedule: null, RunAtDeploy: false };
}

/// <summary>A secret of the vault in a container (rest-api.md §12.1). Its value is nowhere but in the vault and, sealed, in the order to a node.</summary>
/// <param name="Secret">Its name in the vault.</param>
/// <param name="Name">Of the environment variable, or of the file in <c>/run/secrets</c>.</param>
/// <param name="Type"><see cref="Env"/> or <see cref="File"/>.</param>
public sealed record SecretUse(string Secret, string Name, string Type)
{
    public const string Env = "env";
    public const string File = "file";
}

/// <summary>A port of the container published on its node.</summary>
public sealed record PortMapping(int NodePort, int ContainerPort, string Ip = "0.0.0.0", string Protocol = "tcp");

/// <summary>"Knows the other by this alias." The target is in the own stack unless <see cref="Stack"/> names another.</summary>
public sealed record ServiceLink(string Stack, string Service, string Alias);

/// <param name="Condition"><c>healthy</c>: every instance of it passes its health check. <c>completed</c>: its newest deploy has run it to its end, with exit code 0.</param>
public sealed record ServiceDependency(string Service, string Condition);

/// <param name="Type"><c>pre_start</c>, <c>post_start</c> or <c>pre_stop</c>.</param>
/// <param name="Instances"><c>*</c> or numbers separated by commas.</param>
public sealed record ServiceHook(string Name, string Type, string Cmd, string Instances = "*", bool Oneshot = false)
{
    /// <summary>Seconds it may take, 1 to 3600; null for the agent's setting.</summary>
    public int? Timeout { get; init; }
}

/// <summary>Seconds throughout; <see cref="Uri"/> only for <c>http</c>.</summary>
/// <param name="Timeout">For the whole check, answer included.</param>
/// <param name="InitialDelay">After a start; failures before that count for nothing, a success does.</param>
public sealed record HealthCheckSpec(string Protocol, int Port, string Uri = "/", int Timeout = 10, int Interval = 60, int InitialDelay = 10)
{
    /// <summary>Failures in a row, one <see cref="Interval"/> apart, before the consequence: 1 to 100. Null: the agent's setting for a health
    /// check, 1 for a readiness check.</summary>
    public int? Retries { get; init; }

    /// <summary>Successes in a row before an instance is ready: 1 to 100; 1 also where an older process left it out.</summary>
    public int SuccessThreshold
    {
        get;
        init => field = Math.Max(1, value);
    } = 1;
}
