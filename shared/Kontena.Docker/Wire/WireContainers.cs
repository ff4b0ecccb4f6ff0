using System.Text.Json.Serialization;

namespace Kontena.Docker.Wire;

internal sealed record WireContainerSummary
{
    public string? Id { get; init; }
    public List<string>? Names { get; init; }
    public string? Image { get; init; }
    public string? ImageID { get; init; }
    public string? State { get; init; }

    /// <summary>For people: <c>Up 5 minutes (healthy)</c>.</summary>
    public string? Status { get; init; }

    /// <summary>Seconds since 1970.</summary>
    public long Created { get; init; }
    public Dictionary<string, string>? Labels { get; init; }
}

internal sealed record WireContainer
{
    public string? Id { get; init; }
    public string? Name { get; init; }
    public string? Image { get; init; }
    public string? Created { get; init; }
    public WireState? State { get; init; }
    public WireContainerConfig? Config { get; init; }
    public WireNetworkSettings? NetworkSettings { get; init; }
    public List<WireMount>? Mounts { get; init; }
}

internal sealed record WireContainerConfig(string? Image, bool Tty, Dictionary<string, string>? Labels);

internal sealed record WireState
{
    public string? Status { get; init; }
    public bool Running { get; init; }
    public bool OOMKilled { get; init; }
    public int Pid { get; init; }
    public int ExitCode { get; init; }
    public string? Error { get; init; }
    public string? StartedAt { get; init; }
    public string? FinishedAt { get; init; }
    public WireHealth? Health { get; init; }
}

internal sealed record WireHealth(string? Status, List<WireHealthProbe>? Log);

internal sealed record WireHealthProbe(string? End, string? Output);

internal sealed record WireNetworkSettings(Dictionary<string, WireEndpoint?>? Networks);

internal sealed record WireMount(string? Type, string? Name, string? Source, string? Destination);

internal sealed record WireProcesses(List<string>? Titles, List<List<string>>? Processes);

internal sealed record WireCreateContainer
{
    public required string Image { get; init; }
    public string? Hostname { get; init; }
    public string? Domainname { get; init; }
    public string? User { get; init; }
    public string? StopSignal { get; init; }
    public IReadOnlyList<string>? Entrypoint { get; init; }
    public IReadOnlyList<string>? Cmd { get; init; }
    public IReadOnlyList<string>? Env { get; init; }
    public IReadOnlyDictionary<string, string>? Labels { get; init; }
    public Dictionary<string, WireNothing>? ExposedPorts { get; init; }
    public Dictionary<string, WireNothing>? Volumes { get; init; }
    public required WireHostConfig HostConfig { get; init; }
    public WireNetworkingConfig? NetworkingConfig { get; init; }
}

internal sealed record WireHostConfig
{
    public IReadOnlyList<string>? Binds { get; init; }
    public IReadOnlyList<string>? VolumesFrom { get; init; }
    public string? NetworkMode { get; init; }
    public Dictionary<string, List<WirePortBinding>>? PortBindings { get; init; }
    public WireRestartPolicy? RestartPolicy { get; init; }
    public IReadOnlyList<string>? Dns { get; init; }
    public IReadOnlyList<string>? DnsSearch { get; init; }
    public IReadOnlyList<string>? DnsOptions { get; init; }
    public IReadOnlyList<string>? ExtraHosts { get; init; }
    public long? Memory { get; init; }
    public long? MemorySwap { get; init; }
    public long? ShmSize { get; init; }
    public long? NanoCpus { get; init; }
    public int? CpuShares { get; init; }
    public bool? Privileged { get; init; }

    [JsonPropertyName("ReadonlyRootfs")]
    public bool? ReadOnlyRootFilesystem { get; init; }
    public string? PidMode { get; init; }
    public IReadOnlyList<string>? CapAdd { get; init; }
    public IReadOnlyList<string>? CapDrop { get; init; }
    public List<WireDevice>? Devices { get; init; }
    public WireLogConfig? LogConfig { get; init; }
}

internal sealed record WirePortBinding(string HostIp, string HostPort);

internal sealed record WireRestartPolicy(string Name, int MaximumRetryCount);

internal sealed record WireDevice(string PathOnHost, string PathInContainer, string CgroupPermissions);

internal sealed record WireLogConfig(string? Type, IReadOnlyDictionary<string, string>? Config);

internal sealed record WireNetworkingConfig(Dictionary<string, WireEndpoint> EndpointsConfig);
