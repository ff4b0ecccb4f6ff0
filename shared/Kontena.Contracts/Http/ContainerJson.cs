using System.Text.Json.Serialization;

namespace Kontena.Contracts.Http;

/// <summary>A container on HTTP (rest-api.md §13.1).</summary>
public sealed record ContainerJson
{
    /// <summary><c>grid/node/name</c>.</summary>
    public string Id { get; init; } = "";
    public string Name { get; init; } = "";

    /// <summary>The Docker engine's id of it.</summary>
    public string? ContainerId { get; init; }
    public string? GridId { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ContainerNodeJson? Node { get; init; }

    /// <summary><c>grid/stack/service</c>.</summary>
    public string? ServiceId { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset UpdatedAt { get; init; }
    public DateTimeOffset? StartedAt { get; init; }
    public DateTimeOffset? FinishedAt { get; init; }
    public DateTimeOffset? DeletedAt { get; init; }

    /// <summary><c>deleted</c>, <c>paused</c>, <c>restarting</c>, <c>dead</c>, <c>running</c>, <c>oom_killed</c> or <c>stopped</c>.</summary>
    public string Status { get; init; } = "";
    public ContainerStateJson State { get; init; } = new();
    public string? DeployRev { get; init; }
    public string? ServiceRev { get; init; }
    public int? InstanceNumber { get; init; }
    public string? Image { get; init; }
    public IReadOnlyList<string>? Cmd { get; init; }
    public IReadOnlyList<string> Env { get; init; } = [];
    public IReadOnlyList<IReadOnlyList<MountJson>> Volumes { get; init; } = [];

    /// <summary>The overlay address without a mask.</summary>
    public string? IpAddress { get; init; }
    public string? Hostname { get; init; }
    public string? Domainname { get; init; }
    public NetworkSettingsJson NetworkSettings { get; init; } = new();

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ContainerHealthJson? HealthStatus { get; init; }
}

public sealed record ContainerStateJson
{
    public string Error { get; init; } = "";
    public int ExitCode { get; init; }
    public int Pid { get; init; }
    public bool OomKilled { get; init; }
    public bool Paused { get; init; }
    public bool Restarting { get; init; }
    public bool Dead { get; init; }
    public bool Running { get; init; }
}

public sealed record ContainerNodeJson
{
    /// <summary>The Docker engine's id, unlike <see cref="NodeJson.Id"/>.</summary>
    public string? Id { get; init; }
    public bool Connected { get; init; }
    public DateTimeOffset? LastSeenAt { get; init; }
    public string Name { get; init; } = "";
    public IReadOnlyList<string> Labels { get; init; } = [];
    public string? PublicIp { get; init; }
    public string? PrivateIp { get; init; }
    public int NodeNumber { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ContainerGridJson? Grid { get; init; }
}

public sealed record ContainerGridJson(string Id, string Name, int InitialSize);

public sealed record MountJson(string Container, string? Node);

public sealed record NetworkSettingsJson
{
    public string Bridge { get; init; } = "";
    public string? IpAddress { get; init; }

    /// <summary><c>80/tcp</c> to where it is published.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<PublishedPortJson>> Ports { get; init; } =
        new Dictionary<string, IReadOnlyList<PublishedPortJson>>();
}

public sealed record PublishedPortJson(string NodeIp, int NodePort);

/// <param name="Status"><c>healthy</c> or <c>unhealthy</c>.</param>
/// <param name="UpdatedAt">When it was last checked.</param>
public sealed record ContainerHealthJson(string Status, DateTimeOffset? UpdatedAt);

public sealed record ContainersJson(IReadOnlyList<ContainerJson> Containers);

/// <summary>Body of the blocking <c>exec</c> (§13.6). Answered with <c>[[stdout chunks],[stderr chunks],exit code]</c>.</summary>
public sealed record ExecRequest(IReadOnlyList<string>? Cmd);
