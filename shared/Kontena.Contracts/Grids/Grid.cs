using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kontena.Contracts.Grids;

/// <summary>A set of nodes managed together; the tenancy boundary. Written by grid-manager (runtime.md §1.1).</summary>
public sealed record Grid
{
    /// <summary>At least three of <c>[A-Za-z0-9_-]</c>; the id everywhere.</summary>
    public required string Name { get; init; }
    public required string Token { get; init; }

    /// <summary>1 to 7. Kept for clients; nothing here needs a quorum of nodes.</summary>
    public int InitialSize { get; init; } = 1;

    /// <summary>IPv4 CIDR of the overlay.</summary>
    public string Subnet { get; init; } = "10.81.0.0/16";
    public string Supernet { get; init; } = "10.80.0.0/12";

    /// <summary>Length of the prefix of each node's block, 16 to 28; null for 24. It never changes.</summary>
    public int? BlockPrefix { get; init; }
    public IReadOnlyList<string> DefaultAffinity { get; init; } = [];
    public IReadOnlyList<string> TrustedSubnets { get; init; } = [];

    /// <summary>One of <see cref="Networking.OverlayDriver"/>; null means <see cref="Networking.OverlayDriver.Auto"/>.</summary>
    public string? OverlayDriver { get; init; }

    /// <summary>One of <see cref="Stacks.StackNetworks"/>, for stacks that don't say; null means <see cref="Stacks.StackNetworks.Grid"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? StackNetworks { get; init; }
    public StatsdTarget? Statsd { get; init; }
    public LogForwarding? Logs { get; init; }

    /// <summary>One of <see cref="GridRebalance"/>; null means <see cref="GridRebalance.Gentle"/>.</summary>
    public string? Rebalance { get; init; }

    /// <summary>What all instances of the grid together may take; null for no bound.</summary>
    public Quota? Quota { get; init; }

    /// <summary>The same for the services of one stack, by its name; <c>*</c> for each stack that has no entry of its own.</summary>
    public IReadOnlyDictionary<string, Quota> StackQuotas { get => field ?? new Dictionary<string, Quota>(); init; } = new Dictionary<string, Quota>();
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <inheritdoc cref="Nodes.Node.Later"/>
    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Later { get; set; }
}

/// <summary>When instances that are well are moved so that the grid lies more evenly. Never below <c>min_health</c>, and nothing for a difference of one.</summary>
public static class GridRebalance
{
    /// <summary>Only when asked to.</summary>
    public const string Off = "off";

    /// <summary>One at a time, onto nodes that joined or returned within the last hour.</summary>
    public const string Gentle = "gentle";

    /// <summary>Up to five at a time, whenever the grid lies unevenly.</summary>
    public const string Auto = "auto";

    public static readonly IReadOnlyList<string> All = [Off, Gentle, Auto];
}

/// <summary>To the scheduler shard: begin to move instances so that the grid lies more evenly, up to five at once. Answered with
/// <see cref="Commands.CommandResult"/>: <c>Notes</c> has a line per move, <c>CreatedId</c> the number that is under way then.</summary>
public sealed record RebalanceGrid
{
    /// <summary>Moves that a dry run names at most.</summary>
    public const int MostNamed = 100;

    public required string Grid { get; init; }

    /// <summary>Name the moves and begin none.</summary>
    public bool DryRun { get; init; }
}

public sealed record StatsdTarget(string Server, int Port);

/// <summary>A bound of what may be placed; each part null for none. What runs already is never taken away for it.</summary>
/// <param name="Instances">0 or more.</param>
/// <param name="Cpus">Cores reserved; 0 or more.</param>
/// <param name="Memory">Bytes reserved; 0 or more.</param>
public sealed record Quota(int? Instances = null, double? Cpus = null, long? Memory = null)
{
    /// <summary>The entry of <see cref="Grid.StackQuotas"/> for stacks without one of their own.</summary>
    public const string EveryStack = "*";
}

public sealed record LogForwarding(string Forwarder, IReadOnlyDictionary<string, string> Opts);

/// <summary>Answered with <see cref="Commands.CommandResult"/>; <c>CreatedId</c> is the name.</summary>
public sealed record CreateGrid
{
    /// <summary>Null: a name is invented.</summary>
    public string? Name { get; init; }
    public int? InitialSize { get; init; }
    public string? Token { get; init; }
    public string? Subnet { get; init; }
    public string? Supernet { get; init; }

    /// <summary>As <see cref="Grid.BlockPrefix"/>.</summary>
    public int? BlockPrefix { get; init; }
    public IReadOnlyList<string>? DefaultAffinity { get; init; }
    public IReadOnlyList<string>? TrustedSubnets { get; init; }

    /// <summary>One of <see cref="Networking.OverlayDriver"/>; null for <c>auto</c>.</summary>
    public string? OverlayDriver { get; init; }

    /// <summary>As <see cref="Grid.StackNetworks"/>.</summary>
    public string? StackNetworks { get; init; }
    public StatsdTarget? Statsd { get; init; }
    public LogForwarding? Logs { get; init; }

    /// <summary>The id of the user who asks: becomes a user of the grid. Null, or the administrator: nobody more.</summary>
    public string? CreatorId { get; init; }
}

/// <summary>Null keeps a value. <see cref="ClearStatsd"/> removes statsd; a forwarder named <c>none</c> removes log shipping.</summary>
public sealed record UpdateGrid
{
    public required string Grid { get; init; }
    public IReadOnlyList<string>? DefaultAffinity { get; init; }
    public IReadOnlyList<string>? TrustedSubnets { get; init; }

    /// <summary>One of <see cref="Networking.OverlayDriver"/>.</summary>
    public string? OverlayDriver { get; init; }

    /// <summary>As <see cref="Grid.StackNetworks"/>.</summary>
    public string? StackNetworks { get; init; }
    public StatsdTarget? Statsd { get; init; }
    public bool ClearStatsd { get; init; }
    public LogForwarding? Logs { get; init; }

    /// <summary>One of <see cref="GridRebalance"/>.</summary>
    public string? Rebalance { get; init; }

    /// <summary>One with nothing in it removes the bound.</summary>
    public Quota? Quota { get; init; }

    /// <summary>Replaces all of them.</summary>
    public IReadOnlyDictionary<string, Quota>? StackQuotas { get; init; }
}

/// <summary>Refused while the grid has services or nodes.</summary>
public sealed record DeleteGrid
{
    public required string Grid { get; init; }
}

/// <summary>To the scheduler: a wanted fact of this grid changed, look now. Carries no fact itself.</summary>
public sealed record GridFactChanged
{
    public required string Grid { get; init; }

    /// <summary>A document kind of the state store: <c>grid</c>, <c>node</c>, <c>node-liveness</c>, <c>service</c>, <c>stack</c>.</summary>
    public required string Kind { get; init; }

    /// <summary>The document's id within its kind.</summary>
    public required string Id { get; init; }
}
