using System.Text.Json.Serialization;

namespace Kontena.Contracts.Instances;

/// <summary>One numbered member of a service, as wanted. Written by the scheduler; the document id is <see cref="Id"/>.</summary>
public sealed record Instance
{
    /// <summary>24 hex digits.</summary>
    public required string Id { get; init; }
    public required string Grid { get; init; }
    public required string Stack { get; init; }
    public required string Service { get; init; }
    public required string ServiceUid { get; init; }

    /// <summary>1 to N, dense.</summary>
    public required int Number { get; init; }

    /// <summary>The node's name; null while none is found.</summary>
    public string? Node { get; init; }

    /// <summary>The engine id of that node, which addresses its queue.</summary>
    public string? NodeId { get; init; }

    /// <summary>Grows with every change of what is wanted; orders carry it, reports echo it.</summary>
    public required long Generation { get; init; }
    public required DesiredState Desired { get; init; }

    /// <summary>What the node was last told; null until placed.</summary>
    public InstanceSpec? Spec { get; init; }

    /// <summary>What was kept for it on its node when it was last placed; null for one placed before this was noted: its limits.</summary>
    public GrantedResources? Granted { get; init; }

    /// <summary>Nodes that still have to confirm that an earlier placement of this instance is gone.</summary>
    public IReadOnlyList<Departure> Departures { get; init; } = [];

    /// <summary>Engine ids of machines whose data of this instance may be left behind, as somebody said; until it is placed again.</summary>
    public IReadOnlyList<string> AbandonedOn { get => field ?? []; init; } = [];
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>An order to remove the instance from a node, until it is confirmed.</summary>
/// <param name="FencedFrom">From then on another may run although this node has not confirmed: it can't be reached, the loss of its data was accepted, and
/// any lease it had is over. Null: only its word, or its record's removal from the grid, ends the wait.</param>
public sealed record Departure(string Node, string NodeId, long Generation, DateTimeOffset OrderedAt, DateTimeOffset? FencedFrom = null)
{
    /// <summary>Not ordered yet: it goes on serving until its successor is ready. <see cref="OrderedAt"/> is when it was decided.</summary>
    public bool AwaitsSuccessor { get; init; }
}

/// <param name="Cpus">Cores; 0 for none.</param>
/// <param name="Memory">Bytes; 0 for none.</param>
public sealed record GrantedResources(double Cpus, long Memory);

public enum DesiredState
{
    Running,
    Stopped,

    /// <summary>To be removed from its node; the document goes when the node has confirmed. A stateful instance that was scaled away keeps its
    /// document and <see cref="Instance.Node"/>, which holds its data.</summary>
    Removed,
}

/// <summary>All that a node needs to run an instance: complete, so that one order is enough and may be repeated.</summary>
public sealed record InstanceSpec
{
    /// <summary>The value of <see cref="ReplaceOrder"/> for services with <c>deploy.order: start-first</c>.</summary>
    public const string StartFirst = "start_first";

    /// <summary>Container name: <c>stack.service-N</c>, or <c>service-N</c> without a stack.</summary>
    public required string Name { get; init; }
    public required string Grid { get; init; }
    public required string Stack { get; init; }
    public required string Service { get; init; }
    public required string ServiceUid { get; init; }
    public required int Number { get; init; }
    public required string Image { get; init; }

    /// <summary>Which image exactly, whatever the tag means by now: <c>name@sha256:…</c>, or <c>sha256:…</c> (an image's id) for one that no registry has; then a node
    /// without that id takes what it has under <see cref="Image"/>. Null: what the tag means when the node looks.</summary>
    public string? ImagePin { get; init; }
    public RegistryCredentials? Credentials { get; init; }

    /// <summary>A container of an older service revision is replaced.</summary>
    public required int ServiceRevision { get; init; }

    /// <summary>When it changes the image is pulled, and a container of another image id is replaced.</summary>
    public required string DeployRev { get; init; }
    public bool Stateful { get; init; }
    public string? User { get; init; }
    public IReadOnlyList<string>? Entrypoint { get; init; }
    public IReadOnlyList<string>? Cmd { get; init; }
    public IReadOnlyList<string> Env { get; init; } = [];

    /// <summary>What of the vault it is given, in the service's order. Only in an order to a node has it values, each sealed for that node.</summary>
    public IReadOnlyList<InstanceSecret> Secrets { get => field ?? []; init; } = [];

    /// <summary>Why <see cref="Secrets"/> have no values, a sentence for people: its container can't be made. Null: they have, or the order is not yet for the node.</summary>
    public string? SecretsProblem { get; init; }
    public IReadOnlyList<Services.PortMapping> Ports { get; init; } = [];
    public IReadOnlyList<VolumeMount> Volumes { get; init; } = [];
    public IReadOnlyList<string> VolumesFrom { get; init; } = [];
    public long? Memory { get; init; }
    public long? MemorySwap { get; init; }
    public long? ShmSize { get; init; }
    public double? Cpus { get; init; }
    public int? CpuShares { get; init; }
    public bool Privileged { get; init; }
    public bool ReadOnly { get; init; }
    public IReadOnlyList<string> CapAdd { get; init; } = [];
    public IReadOnlyList<string> CapDrop { get; init; } = [];
    public IReadOnlyList<string> Devices { get; init; } = [];
    public string Net { get; init; } = "bridge";
    public string? Pid { get; init; }
    public string? Hostname { get; init; }
    public string? Domainname { get; init; }
    public IReadOnlyList<string> DnsSearch { get; init; } = [];

    /// <summary>Full names under which other containers of the grid find this one.</summary>
    public IReadOnlyList<string> DnsNames { get; init; } = [];

    /// <summary>Aliases this container uses for others: alias and the full name it stands for.</summary>
    public IReadOnlyList<LinkAlias> LinkAliases { get; init; } = [];

    /// <summary>Nobody else's instances reach it than those of its stack, and of services with a link to its service.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Private { get; init; }

    /// <summary>Its stack is private, whether or not it is itself.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool OfPrivateStack { get; init; }
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();
    public string? LogDriver { get; init; }
    public IReadOnlyDictionary<string, string> LogOpts { get; init; } = new Dictionary<string, string>();
    public IReadOnlyList<Services.ServiceHook> Hooks { get; init; } = [];
    public Services.HealthCheckSpec? HealthCheck { get; init; }
    public Services.HealthCheckSpec? ReadinessCheck { get; init; }
    public bool IgnoreImageHealthCheck { get; init; }
    public string? StopSignal { get; init; }
    public int StopGracePeriod { get; init; } = 10;
    public int? WaitForPort { get; init; }

    /// <summary><see cref="StartFirst"/>: a running container is replaced only once its successor beside it is ready. Null: it is stopped first.</summary>
    public string? ReplaceOrder { get; init; }

    /// <summary>Seconds that it may run after the last heartbeat that was answered with <see cref="LeaseRenewed"/>; then the node stops it. Null: it runs whatever happens.</summary>
    public int? Lease { get; init; }

    /// <summary>It is started once, and its end is an end: reported, and followed by nothing. Null: it is kept running.</summary>
    public RunOnce? RunOnce { get; init; }
}

/// <summary>As <see cref="Services.SecretUse"/>, for one instance.</summary>
public sealed record InstanceSecret(string Secret, string Name, string Type)
{
    /// <summary>For <see cref="Vault.SecretPlaces.Delivery"/> and the holder of the node's key (<see cref="Nodes.NodeFacts.VaultKey"/>); null but in an order to it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public Vault.SealedValue? Value { get; init; }
}

/// <param name="Timeout">Seconds from its start after which the node stops it; null for no limit.</param>
public sealed record RunOnce(int? Timeout = null);

public sealed record RegistryCredentials(string Server, string Username, string Password, string? Email = null);

/// <summary>Where a path of the container lives.</summary>
/// <param name="Path">Inside the container.</param>
/// <param name="BindMount">A path of the node, or null.</param>
/// <param name="Volume">A Docker volume's name, or null; neither set: an anonymous path, kept for stateful services.</param>
/// <param name="Flags">As Docker takes them: <c>ro</c>, <c>z</c>, …</param>
/// <param name="Source">The grid's volume that <paramref name="Volume"/> is made for; null from older schedulers.</param>
public sealed record VolumeMount(string Path, string? BindMount = null, string? Volume = null, string? Flags = null, VolumeSource? Source = null);

/// <summary>How a node makes a Docker volume of a grid's volume.</summary>
/// <param name="Volume">The name of the grid's volume.</param>
/// <param name="Driver">As the node's engine calls it, with the version where it has one.</param>
public sealed record VolumeSource(string Volume, string Uid, string Driver, IReadOnlyDictionary<string, string> DriverOpts);

public sealed record LinkAlias(string Alias, string Stack, string Service);
