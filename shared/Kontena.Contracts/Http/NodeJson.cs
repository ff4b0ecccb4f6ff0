using System.Text.Json.Serialization;

namespace Kontena.Contracts.Http;

/// <summary>A node on HTTP (rest-api.md §10.1).</summary>
public sealed record NodeJson
{
    /// <summary><c>grid/name</c>.</summary>
    public string Id { get; init; } = "";

    /// <summary>The Docker engine's id; null until an agent has joined.</summary>
    public string? NodeId { get; init; }
    public bool Connected { get; init; }
    public bool Updated { get; init; }

    /// <summary><c>active</c> or <c>drain</c>.</summary>
    public string Availability { get; init; } = "active";
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }
    public DateTimeOffset? ConnectedAt { get; init; }
    public DateTimeOffset? LastSeenAt { get; init; }
    public DateTimeOffset? DisconnectedAt { get; init; }

    /// <summary><c>created</c>, <c>offline</c>, <c>connecting</c>, <c>online</c> or <c>drain</c>.</summary>
    public string Status { get; init; } = "";
    public bool HasToken { get; init; }
    public string Name { get; init; } = "";
    public string? Os { get; init; }
    public string? EngineRootDir { get; init; }
    public string? Driver { get; init; }
    public IReadOnlyList<DriverJson> NetworkDrivers { get; init; } = [];
    public IReadOnlyList<DriverJson> VolumeDrivers { get; init; } = [];
    public string? KernelVersion { get; init; }
    public IReadOnlyList<string>? Labels { get; init; }

    /// <summary>Bytes.</summary>
    public long? MemTotal { get; init; }
    public long? MemLimit { get; init; }
    public int? Cpus { get; init; }
    public string? PublicIp { get; init; }
    public string? PrivateIp { get; init; }
    public string? OverlayIp { get; init; }
    public string? AgentVersion { get; init; }
    public string? DockerVersion { get; init; }
    public IReadOnlyList<string> PeerIps { get; init; } = [];
    public int NodeNumber { get; init; }
    public bool InitialMember { get; init; }

    /// <summary>Its disk is too full for anything new; left out otherwise.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool DiskPressure { get; init; }

    /// <summary>Connected, but part of its agent does not work: <see cref="Warnings"/> say what. Not of the original API; <see cref="Status"/> keeps its values.</summary>
    public bool Degraded { get; init; }

    /// <summary>What an operator should know of the node, a sentence each. Not of the original API.</summary>
    public IReadOnlyList<string> Warnings { get => field ?? []; init; } = [];

    /// <summary>Seconds by which the node's clock is ahead of the control plane's; negative: behind. Null until heard. Not of the original API.</summary>
    public double? ClockAhead { get; init; }

    /// <summary><c>older</c> or <c>newer</c> when the agent's version is not that of the control plane. Not of the original API.</summary>
    public string? VersionSkew { get; init; }

    /// <summary>How far the drain has come; null while the node is not drained. Not of the original API.</summary>
    public NodeDrainJson? Drain { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public NodeGridJson? Grid { get; init; }

    /// <summary>Left out until the first measurement.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ResourceUsageJson? ResourceUsage { get; init; }

    /// <summary>The data that is on the machine and nowhere else; ours. Left out in lists, and when there is none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public NodeDataJson? Data { get; init; }
}

/// <param name="Instances">Names of stateful instances whose data is here, those scaled away too.</param>
/// <param name="Volumes">Docker volumes of named volumes.</param>
public sealed record NodeDataJson(IReadOnlyList<string> Instances, IReadOnlyList<string> Volumes);

/// <summary>The work of moving instances off a node.</summary>
public sealed record NodeDrainJson
{
    public DateTimeOffset StartedAt { get; init; }

    /// <summary>Null while there is something to move.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Instances that were on the node.</summary>
    public int Instances { get; init; }

    /// <summary>Those that still are. When the drain is done, these stay: their data is here, or their service is stopped.</summary>
    public IReadOnlyList<DrainedInstanceJson> Left { get => field ?? []; init; } = [];
}

/// <param name="Name">As its container is called.</param>
/// <param name="State"><c>waiting</c>, <c>moving</c>, <c>leaving</c>, <c>blocked</c>, <c>stopping</c> or <c>stays</c>.</param>
/// <param name="Reason">Why.</param>
public sealed record DrainedInstanceJson(string Name, string State, string Reason);

public sealed record DriverJson(string Name, string? Version);

public sealed record NodeGridJson
{
    public string Id { get; init; } = "";
    public string Name { get; init; } = "";
    public int InitialSize { get; init; }
    public string? Token { get; init; }
    public GridStatsJson Stats { get; init; } = new();

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public GridLogsJson? Logs { get; init; }
    public IReadOnlyList<string> TrustedSubnets { get; init; } = [];
    public string? Subnet { get; init; }
    public string? Supernet { get; init; }
}

/// <summary>A node's last measurement. Any part may be missing.</summary>
public sealed record ResourceUsageJson
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public MemoryUsageJson? Memory { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public LoadJson? Load { get; init; }

    /// <summary>A connected node always has the entry named like its <see cref="NodeJson.EngineRootDir"/>.</summary>
    public IReadOnlyList<FilesystemJson> Filesystem { get; init; } = [];

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public NodeUsageJson? Usage { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public CpuUsageJson? Cpu { get; init; }
}

/// <summary>Bytes.</summary>
public sealed record MemoryUsageJson
{
    public long Total { get; init; }
    public long Free { get; init; }
    public long Used { get; init; }
    public long Active { get; init; }
    public long Inactive { get; init; }
    public long Cached { get; init; }
    public long Buffers { get; init; }
}

public sealed record LoadJson
{
    [JsonPropertyName("1m")]
    public double OneMinute { get; init; }

    [JsonPropertyName("5m")]
    public double FiveMinutes { get; init; }

    [JsonPropertyName("15m")]
    public double FifteenMinutes { get; init; }
}

/// <summary>Bytes.</summary>
public sealed record FilesystemJson
{
    public string Name { get; init; } = "";
    public long Free { get; init; }
    public long Available { get; init; }
    public long Used { get; init; }
    public long Total { get; init; }
}

public sealed record NodeUsageJson(long ContainerSeconds);

/// <summary>Percent of one core, summed over the cores.</summary>
public sealed record CpuUsageJson
{
    public int NumCores { get; init; }
    public double System { get; init; }
    public double User { get; init; }
    public double Nice { get; init; }
    public double Idle { get; init; }
}

public sealed record NodesJson(IReadOnlyList<NodeJson> Nodes);

/// <summary>Body of node create and update (§10.2). Null keeps a value; an empty list clears the labels.</summary>
public sealed record NodeRequest
{
    public string? Name { get; init; }
    public string? Token { get; init; }
    public IReadOnlyList<string>? Labels { get; init; }
    public string? Availability { get; init; }

    /// <summary>True: the next agent with the node's engine id may join, whatever its key. Not of the original API.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? ForgetAgent { get; init; }

    /// <summary>When creating: seconds within which a machine must join with the token; null for ever. Not of the original API.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? ExpiresIn { get; init; }
}

/// <summary>Answer of <c>nodes/…/token</c> (§10.2).</summary>
public sealed record NodeTokenJson(string Id, string Token);

/// <summary>Body of <c>nodes/…/token</c>.</summary>
public sealed record NodeTokenRequest
{
    /// <summary>Null: a random one.</summary>
    public string? Token { get; init; }

    /// <summary>The agent that is there now is shut out.</summary>
    public bool? ResetConnection { get; init; }

    /// <summary>As in <see cref="NodeRequest.ExpiresIn"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? ExpiresIn { get; init; }
}

/// <summary>Body of <c>enrol</c>: an agent exchanges its token for a broker user of its own. Not of the original API.</summary>
public sealed record EnrolRequest
{
    /// <summary>The Docker engine's id.</summary>
    public string? NodeId { get; init; }
    public string? Name { get; init; }
    public string? Token { get; init; }

    /// <summary>The agent's own secret, by which it is known from then on.</summary>
    public string? Key { get; init; }

    /// <summary>What the user's password shall be.</summary>
    public string? BrokerPassword { get; init; }
    public IReadOnlyList<string>? Labels { get; init; }
}

/// <summary>Answer of <c>enrol</c>.</summary>
/// <param name="Broker">Where to connect, without user and password.</param>
/// <param name="User">The broker user.</param>
/// <param name="Outlet">The exchange it may write to.</param>
/// <param name="BrokerCa">PEM of the CA that has signed the broker's certificate; null when there is none of our own.</param>
public sealed record EnrolJson(string Grid, string Node, string Broker, string User, string Outlet, string? BrokerCa);

/// <summary>Body of <c>enrol/removed</c>: an agent that the broker does not let in any more asks why. Not of the original API.</summary>
public sealed record RemovalRequest
{
    /// <summary>The grid it was in.</summary>
    public string? Grid { get; init; }

    /// <summary>The Docker engine's id.</summary>
    public string? NodeId { get; init; }

    /// <summary>The agent's own secret: nobody else is told.</summary>
    public string? Key { get; init; }
}

/// <summary>Answer of <c>enrol/removed</c>.</summary>
/// <param name="Removed">Its node was removed from the grid, and it is none there since. False also when nothing is known of it: that is no order.</param>
/// <param name="Node">The name it had.</param>
public sealed record RemovalJson(bool Removed, string? Node = null, DateTimeOffset? RemovedAt = null);

/// <summary>Answer of <c>nodes/…/health</c> (§10.3).</summary>
public sealed record NodeHealthJson
{
    public string Id { get; init; } = "";
    public string Name { get; init; } = "";
    public int NodeNumber { get; init; }
    public bool InitialMember { get; init; }
    public string Status { get; init; } = "";
    public DateTimeOffset? ConnectedAt { get; init; }
    public DateTimeOffset? DisconnectedAt { get; init; }
    public bool Connected { get; init; }

    /// <summary>Kept for clients that read it: there is no etcd, so its health is null and the error says so.</summary>
    public EtcdHealthJson EtcdHealth { get; init; } = new(null, null);
}

public sealed record EtcdHealthJson(bool? Health, string? Error);
