using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kontena.Contracts.Nodes;

/// <summary>One machine that runs node-agent. Written by grid-manager; id is the name (runtime.md §1.3).</summary>
public sealed record Node
{
    public required string Grid { get; init; }
    public required string Name { get; init; }

    /// <summary>1 to 254, the smallest free one of the grid.</summary>
    public required int Number { get; init; }

    /// <summary>The Docker engine's id; null until an agent has joined as this node.</summary>
    public string? NodeId { get; init; }

    /// <summary>A token for this node alone; null when it joined with the grid's.</summary>
    public string? Token { get; init; }

    /// <summary>SHA-256 of the key of the agent that is this node, 64 hex digits (<see cref="JoinGrid.Key"/>). Null until one has given its key, or when it was
    /// forgotten: the next one that joins is bound.</summary>
    public string? KeyHash { get; init; }

    /// <summary><see cref="KeyHash"/> of a key.</summary>
    public static string HashOfKey(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));

    /// <summary>What RabbitMQ compares the password of the node's own broker user with: base64 of 4 bytes of salt and the SHA-256 of salt and password. Null: the
    /// node has no user of its own and is let in by nobody's but the one that old agents share.</summary>
    public string? BrokerPasswordHash { get; init; }

    /// <summary>Until when <see cref="Token"/> opens the node for an engine that has not joined with it yet; null for ever.</summary>
    public DateTimeOffset? TokenExpiresAt { get; init; }
    public IReadOnlyList<string> Labels { get; init; } = [];
    public NodeAvailability Availability { get; init; } = NodeAvailability.Active;

    /// <summary>What the agent last said of its machine; null until it has.</summary>
    public NodeFacts? Facts { get; init; }

    /// <summary>What its agent last said of the network; null until it has, as older agents never do.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Networking.NodeNetwork? Network { get; init; }

    /// <summary>As in <see cref="Networking.NodeNetworkReport.Remarks"/>.</summary>
    public IReadOnlyList<string> NetworkRemarks { get => field ?? []; init; } = [];
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>What a newer version has written and this one does not know: written again as it is, so that an older process takes nothing away.</summary>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Later { get; set; }
}

/// <summary>A node was removed: its broker user has to go, and its agent may be told so. Written with the removal by grid-manager, which forgets it after a month, or when
/// the machine joins again; id is the user.</summary>
/// <param name="User">Its name at the broker.</param>
public sealed record RevokedIdentity(string Grid, string User, DateTimeOffset RemovedAt)
{
    /// <summary>The node's name; null from older versions.</summary>
    public string? Node { get; init; }

    /// <summary><see cref="Nodes.Node.KeyHash"/>: only the agent that was the node is told.</summary>
    public string? KeyHash { get; init; }

    /// <summary>When the broker had removed the user; null until then.</summary>
    public DateTimeOffset? DoneAt { get; init; }

    /// <summary>Whether this is the key of the agent that was the node. True of any when the node had none.</summary>
    public bool IsOf(string key) => KeyHash is null || KeyHash == Nodes.Node.HashOfKey(key);
}

/// <summary>Somebody is making an engine a node of a grid: nobody may make it one of another meanwhile. Written by grid-manager for moments; id is the user's name at the broker.</summary>
/// <param name="Holder">Who decides.</param>
/// <param name="At">Since when. It counts for no longer than <c>EngineClaims.Life</c>.</param>
public sealed record EngineClaim(string User, string Grid, string Holder, DateTimeOffset At);

public enum NodeAvailability
{
    Active,

    /// <summary>Nothing new is placed here; stateless instances move, stateful ones stop.</summary>
    Drain,
}

/// <summary>What we believe of a node from its heartbeats. Written by grid-manager, apart from the node's wanted facts; id is the node's name.</summary>
public sealed record NodeLiveness
{
    public required string Grid { get; init; }
    public required string Node { get; init; }
    public required LivenessState State { get; init; }
    public DateTimeOffset? ConnectedAt { get; init; }

    /// <summary>Stored at most every ten seconds, so it may be that old.</summary>
    public DateTimeOffset? LastSeenAt { get; init; }
    public DateTimeOffset? DisconnectedAt { get; init; }

    /// <summary>When its agent said that it goes and comes back (<see cref="NodeHeartbeat.Leaves"/>), by grid-manager's clock: its silence is that of a restart, and
    /// it is <see cref="LivenessState.Suspect"/> until it is heard or has been away for too long. Null otherwise.</summary>
    public DateTimeOffset? RestartsSince { get; init; }

    /// <summary>The process of the agent that is this node; null until one that tells was heard.</summary>
    public string? Run { get; init; }

    /// <summary>Seconds by which the node's clock is ahead of grid-manager's, negative when it is behind; null until heard. The way of a message counts as being
    /// behind: milliseconds, as a rule.</summary>
    public double? ClockAhead { get; init; }

    /// <summary>As in <see cref="NodeHeartbeat.Troubles"/>: the node is degraded while there are any.</summary>
    public IReadOnlyList<string> Troubles { get => field ?? []; init; } = [];

    /// <summary>The last that was refused because this node has the same engine id; null when there was none.</summary>
    public NodeRival? Rival { get; init; }
}

/// <summary>An agent on another machine with the engine id of a node: a cloned machine, or one whose agent lost its directory.</summary>
/// <param name="Name">What it calls itself, with its private address when it gave one; null when only its heartbeats were heard.</param>
/// <param name="LastAt">When it was last refused, by grid-manager's clock; stored once a minute.</param>
public sealed record NodeRival(string? Name, DateTimeOffset LastAt);

/// <summary>How far the work of moving instances off a node has come. Written by the scheduler while the node's availability is drain; id is the node's name.</summary>
public sealed record NodeDrain
{
    public required string Grid { get; init; }
    public required string Node { get; init; }
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>The most instances that were here at once since then.</summary>
    public required int Instances { get; init; }

    /// <summary>Those still here, by name.</summary>
    public IReadOnlyList<DrainedInstance> Left { get; init; } = [];

    /// <summary>When only such were left as stay; null while there is something to do.</summary>
    public DateTimeOffset? FinishedAt { get; init; }
}

/// <param name="Name">As its container is called.</param>
/// <param name="State">What becomes of it.</param>
/// <param name="Reason">Why, in a sentence; at most 1000 characters.</param>
public sealed record DrainedInstance(string Name, DrainState State, string Reason);

public enum DrainState
{
    /// <summary>Its turn comes.</summary>
    Waiting,

    /// <summary>Its successor is being started.</summary>
    Moving,

    /// <summary>Its container is being removed.</summary>
    Leaving,

    /// <summary>Nothing happens until somebody changes something.</summary>
    Blocked,

    /// <summary>It is being stopped, and will stay.</summary>
    Stopping,

    /// <summary>It is stopped and stays: its data is here, or its service is stopped.</summary>
    Stays,
}

public enum LivenessState
{
    Offline,

    /// <summary>Three heartbeats missed, or its agent is being restarted: nothing new is placed here, nothing is moved yet.</summary>
    Suspect,
    Online,
}

/// <summary>A node's machine, as its agent sees it. Sent when it changes.</summary>
public sealed record NodeFacts
{
    public string? Os { get; init; }
    public string? KernelVersion { get; init; }
    public string? DockerVersion { get; init; }
    public string? AgentVersion { get; init; }

    /// <summary>Docker's storage driver.</summary>
    public string? StorageDriver { get; init; }
    public string? EngineRootDir { get; init; }
    public int Cpus { get; init; }

    /// <summary>Bytes.</summary>
    public long MemoryTotal { get; init; }

    /// <summary>The disk that holds the engine's data is fuller than the agent's high mark: nothing new should be placed here. Not written
    /// when false, so that the hash of the facts is that which an older control plane computes.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool DiskPressure { get; init; }

    /// <summary>What secrets for this node's containers are sealed to, as <see cref="Vault.SealedValue.PublicKey"/>. Null from older agents, which can be given none;
    /// not written then, so that the hash of their facts stays what they say it is.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public string? VaultKey { get; init; }
    public string? PublicIp { get; init; }
    public string? PrivateIp { get; init; }
    public IReadOnlyList<DriverVersion> NetworkDrivers { get; init; } = [];
    public IReadOnlyList<DriverVersion> VolumeDrivers { get; init; } = [];
}

public sealed record DriverVersion(string Name, string? Version);
