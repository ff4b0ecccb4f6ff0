namespace Kontena.Docker;

public sealed record EngineInfo
{
    public required string Id { get; init; }
    public required string HostName { get; init; }
    public string OperatingSystem { get; init; } = "";
    public string KernelVersion { get; init; } = "";
    public string ServerVersion { get; init; } = "";
    public string StorageDriver { get; init; } = "";
    public string RootDir { get; init; } = "";
    public int Cpus { get; init; }

    /// <summary>Bytes.</summary>
    public long MemoryTotal { get; init; }
    public IReadOnlyList<string> Labels { get; init; } = [];
    public IReadOnlyList<string> VolumeDrivers { get; init; } = [];
    public IReadOnlyList<string> NetworkDrivers { get; init; } = [];
}

public sealed record ContainerSummary
{
    public required string Id { get; init; }

    /// <summary>Without the leading slash.</summary>
    public required string Name { get; init; }
    public required string Image { get; init; }
    public required string ImageId { get; init; }

    /// <summary><c>created</c>, <c>running</c>, <c>paused</c>, <c>restarting</c>, <c>removing</c>, <c>exited</c>, <c>dead</c>.</summary>
    public required string State { get; init; }

    /// <summary><c>healthy</c>, <c>unhealthy</c>, <c>starting</c>; null without HEALTHCHECK.</summary>
    public string? Health { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();
}

public sealed record ContainerDetails
{
    public required string Id { get; init; }
    public required string Name { get; init; }
    public required string ImageId { get; init; }
    public required string Image { get; init; }
    public required string State { get; init; }
    public bool Running { get; init; }
    public int ExitCode { get; init; }
    public bool OomKilled { get; init; }
    public int Pid { get; init; }

    /// <summary>The engine's own error at the last start; empty when there was none.</summary>
    public string Error { get; init; } = "";
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? FinishedAt { get; init; }
    public bool Tty { get; init; }

    /// <summary><c>healthy</c>, <c>unhealthy</c>, <c>starting</c>; null without HEALTHCHECK.</summary>
    public string? Health { get; init; }

    /// <summary>When the HEALTHCHECK ran the last time, and what it wrote then, in one line.</summary>
    public DateTimeOffset? HealthAt { get; init; }
    public string? HealthOutput { get; init; }
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>Network name to the container's address on it (empty when stopped).</summary>
    public IReadOnlyDictionary<string, string> Addresses { get; init; } = new Dictionary<string, string>();
    public IReadOnlyList<MountPoint> Mounts { get; init; } = [];
}

/// <param name="Type"><c>bind</c>, <c>volume</c> or <c>tmpfs</c>.</param>
/// <param name="Name">The volume's name; empty for binds.</param>
public sealed record MountPoint(string Type, string Name, string Source, string Destination);

/// <param name="Titles">Of the columns, as the engine's machine calls them: <c>PID</c>, <c>CMD</c>, …</param>
/// <param name="Rows">A process each, with a text for every column.</param>
public sealed record ProcessTable(IReadOnlyList<string> Titles, IReadOnlyList<IReadOnlyList<string>> Rows);

public sealed record CreatedContainer(string Id, IReadOnlyList<string> Warnings);

/// <summary>What a container is made of; null or empty leaves the engine's default.</summary>
public sealed record ContainerConfig
{
    public required string Image { get; init; }
    public IReadOnlyList<string>? Entrypoint { get; init; }
    public IReadOnlyList<string>? Cmd { get; init; }
    public IReadOnlyList<string> Env { get; init; } = [];
    public string? User { get; init; }
    public string? Hostname { get; init; }
    public string? Domainname { get; init; }
    public string? StopSignal { get; init; }
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary><c>80/tcp</c> to the addresses it is published at.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<PortPublication>> Ports { get; init; } =
        new Dictionary<string, IReadOnlyList<PortPublication>>();

    /// <summary><c>source:path[:flags]</c>.</summary>
    public IReadOnlyList<string> Binds { get; init; } = [];

    /// <summary>Paths that get an anonymous volume each.</summary>
    public IReadOnlyList<string> AnonymousVolumes { get; init; } = [];
    public IReadOnlyList<string> VolumesFrom { get; init; } = [];

    /// <summary>A network's name, <c>host</c>, <c>none</c> or <c>container:NAME</c>.</summary>
    public string NetworkMode { get; init; } = "bridge";

    /// <summary>How the container appears on the network named by <see cref="NetworkMode"/>.</summary>
    public EndpointConfig? Endpoint { get; init; }
    public IReadOnlyList<string> Dns { get; init; } = [];
    public IReadOnlyList<string> DnsSearch { get; init; } = [];
    public IReadOnlyList<string> DnsOptions { get; init; } = [];
    public IReadOnlyList<string> ExtraHosts { get; init; } = [];

    /// <summary>Bytes.</summary>
    public long? Memory { get; init; }
    public long? MemorySwap { get; init; }
    public long? ShmSize { get; init; }

    /// <summary>Cores, e.g. 0.5.</summary>
    public double? Cpus { get; init; }
    public int? CpuShares { get; init; }
    public bool Privileged { get; init; }
    public bool ReadOnlyRootFilesystem { get; init; }
    public string? PidMode { get; init; }
    public IReadOnlyList<string> CapAdd { get; init; } = [];
    public IReadOnlyList<string> CapDrop { get; init; } = [];

    /// <summary><c>host[:container[:rwm]]</c>.</summary>
    public IReadOnlyList<string> Devices { get; init; } = [];
    public string? LogDriver { get; init; }
    public IReadOnlyDictionary<string, string> LogOptions { get; init; } = new Dictionary<string, string>();

    /// <summary>Docker's restart policy, e.g. <c>unless-stopped</c>; null for none.</summary>
    public string? RestartPolicy { get; init; }
}

public sealed record PortPublication(string HostIp, int HostPort);

public sealed record EndpointConfig
{
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary><c>container:alias</c>, resolved for this container only.</summary>
    public IReadOnlyList<string> Links { get; init; } = [];
    public string? Address { get; init; }
}

/// <param name="RepoDigests">Empty when the image was built or loaded here and never came from a registry.</param>
public sealed record ImageDetails(
    string Id, IReadOnlyList<string> RepoDigests, IReadOnlyList<string> Entrypoint, IReadOnlyList<string> Cmd, IReadOnlyList<string> Volumes)
{
    /// <summary><c>NAME=value</c> each, for containers that say nothing else.</summary>
    public IReadOnlyList<string> Env { get; init; } = [];
}

public sealed record ImageSummary
{
    public required string Id { get; init; }

    /// <summary>Empty when its tag was given to another image, or it was pulled by digest.</summary>
    public IReadOnlyList<string> RepoTags { get; init; } = [];
    public IReadOnlyList<string> RepoDigests { get; init; } = [];

    /// <summary>Bytes, layers shared with others included.</summary>
    public long Size { get; init; }
}

public sealed record RegistryLogin(string Server, string Username, string Password, string? Email = null);

public sealed record BuildOptions
{
    public required string Tag { get; init; }
    public string Dockerfile { get; init; } = "Dockerfile";
    public IReadOnlyDictionary<string, string> Args { get; init; } = new Dictionary<string, string>();
}

public sealed record NetworkConfig
{
    public required string Name { get; init; }
    public string Driver { get; init; } = "bridge";

    /// <summary>CIDR, or null for the engine's choice.</summary>
    public string? Subnet { get; init; }
    public string? Gateway { get; init; }
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();
}

public sealed record NetworkDetails(string Id, string Name, string? Subnet, string? Gateway, IReadOnlyDictionary<string, string> Labels)
{
    /// <summary>Of its driver.</summary>
    public IReadOnlyDictionary<string, string> Options { get; init; } = new Dictionary<string, string>();
}

public sealed record VolumeConfig
{
    public required string Name { get; init; }
    public string Driver { get; init; } = "local";
    public IReadOnlyDictionary<string, string> DriverOptions { get; init; } = new Dictionary<string, string>();
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();
}

public sealed record VolumeDetails(string Name, string Driver, IReadOnlyDictionary<string, string> Labels);

/// <param name="Stream"><c>stdout</c> or <c>stderr</c>.</param>
public sealed record ContainerLogLine(DateTimeOffset At, string Stream, string Text);

/// <param name="Action"><c>create</c>, <c>start</c>, <c>die</c>, <c>oom</c>, <c>kill</c>, <c>stop</c>, <c>destroy</c>, <c>health_status: healthy</c>, …</param>
public sealed record EngineEvent(
    DateTimeOffset At, string Action, string ContainerId, string ContainerName, int? ExitCode, IReadOnlyDictionary<string, string> Labels);

public sealed record ExecConfig
{
    public required IReadOnlyList<string> Cmd { get; init; }
    public bool Tty { get; init; }
    public bool AttachStdin { get; init; }
    public IReadOnlyList<string> Env { get; init; } = [];
}

public sealed record ExecChunk(string Stream, ReadOnlyMemory<byte> Bytes);

/// <summary>Counters of one moment; percentages are the caller's, from two of these.</summary>
public sealed record ContainerStatsSample
{
    public required DateTimeOffset At { get; init; }

    /// <summary>Nanoseconds of CPU used since the container started.</summary>
    public long CpuTotal { get; init; }
    public long MemoryUsage { get; init; }
    public long MemoryLimit { get; init; }
    public long NetworkRx { get; init; }
    public long NetworkTx { get; init; }
}
