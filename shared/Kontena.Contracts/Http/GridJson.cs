using System.Text.Json.Serialization;

namespace Kontena.Contracts.Http;

/// <summary>A grid on HTTP (rest-api.md §9.1).</summary>
public sealed record GridJson
{
    /// <summary>Equal to <see cref="Name"/>.</summary>
    public string Id { get; init; } = "";
    public string Name { get; init; } = "";

    /// <summary>The token with which agents join.</summary>
    public string? Token { get; init; }
    public int InitialSize { get; init; }
    public GridStatsJson Stats { get; init; } = new();
    public IReadOnlyList<string> DefaultAffinity { get; init; } = [];
    public IReadOnlyList<string> TrustedSubnets { get; init; } = [];
    public int NodeCount { get; init; }
    public int ServiceCount { get; init; }
    public int ContainerCount { get; init; }
    public int UserCount { get; init; }
    public string? Subnet { get; init; }
    public string? Supernet { get; init; }

    /// <summary>Left out when the grid ships no logs.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public GridLogsJson? Logs { get; init; }

    /// <summary><c>off</c>, <c>gentle</c> or <c>auto</c>. Not of the original API.</summary>
    public string Rebalance { get; init; } = "gentle";

    /// <summary><c>auto</c>, <c>wireguard</c>, <c>vxlan</c> or <c>direct</c>. Not of the original API.</summary>
    public string OverlayDriver { get; init; } = "auto";

    /// <summary><c>grid</c> or <c>private</c>: who reaches the instances of stacks that don't say. Not of the original API.</summary>
    public string StackNetworks { get; init; } = "grid";

    /// <summary>Length of the prefix of each node's block. Not of the original API.</summary>
    public int BlockPrefix { get; init; } = 24;

    /// <summary>Left out when not bounded.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public QuotaJson? Quota { get; init; }

    /// <summary>By name of the stack, <c>*</c> for every other; left out when none is bounded.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, QuotaJson>? StackQuotas { get; init; }
}

/// <param name="Instances">Null for any number, as with the others.</param>
/// <param name="Cpus">Cores reserved.</param>
/// <param name="Memory">Bytes reserved.</param>
public sealed record QuotaJson(int? Instances = null, double? Cpus = null, long? Memory = null);

/// <summary>Body of <c>grids/…/rebalance</c>. Not of the original API.</summary>
public sealed record RebalanceRequest(bool? DryRun);

/// <param name="Moves">A line per move: begun, or, in a dry run, to be begun.</param>
/// <param name="UnderWay">Moves under way now, those begun included.</param>
public sealed record RebalanceJson(IReadOnlyList<string> Moves, int UnderWay);

/// <param name="Statsd">Null when the grid exports no stats; always written.</param>
public sealed record GridStatsJson(StatsdJson? Statsd = null);

public sealed record StatsdJson(string Server, int Port);

public sealed record GridLogsJson(string Forwarder, IReadOnlyDictionary<string, string> Opts);

/// <summary>Body of <c>grids/…/network/check</c>. Not of the original API.</summary>
/// <param name="Throughput">Also how much goes through.</param>
public sealed record NetworkCheckRequest(bool? Throughput);

/// <summary>What the nodes of a grid measured of their network. Not of the original API.</summary>
/// <param name="CheckId">Of the check that was begun; null when results are read.</param>
/// <param name="Asked">Nodes that were asked; empty when results are read.</param>
/// <param name="Nodes">The newest results of each node.</param>
public sealed record NetworkCheckJson(string? CheckId, IReadOnlyList<string> Asked, IReadOnlyList<NodeNetworkCheckJson> Nodes);

public sealed record NodeNetworkCheckJson(string Node, string CheckId, DateTimeOffset At, IReadOnlyList<NetworkPairJson> Pairs);

/// <param name="Node">The other node.</param>
/// <param name="Driver"><c>wireguard</c>, <c>vxlan</c> or <c>direct</c>; null when there is no way.</param>
/// <param name="RoundTrip">Milliseconds.</param>
/// <param name="Mtu">Bytes of the largest packet that went through whole.</param>
/// <param name="PlannedMtu">Bytes that should go through.</param>
/// <param name="Megabits">Per second; null when not asked for.</param>
/// <param name="Reason">Why it is so, and what to do when it is not well.</param>
public sealed record NetworkPairJson(string Node, string? Driver, bool Reached, double? RoundTrip, int? Mtu, int PlannedMtu, double? Megabits, string? Reason);

public sealed record GridsJson(IReadOnlyList<GridJson> Grids);

/// <summary>Body of grid create and update (§9.3, §9.5). Null means "not given".</summary>
public sealed record GridRequest
{
    public string? Name { get; init; }
    public int? InitialSize { get; init; }
    public string? Token { get; init; }
    public string? Subnet { get; init; }
    public string? Supernet { get; init; }

    /// <summary>16 to 28, when the grid is created. Not of the original API.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? BlockPrefix { get; init; }
    public IReadOnlyList<string>? DefaultAffinity { get; init; }
    public IReadOnlyList<string>? TrustedSubnets { get; init; }

    /// <summary><c>auto</c>, <c>wireguard</c>, <c>vxlan</c> or <c>direct</c>. Not of the original API.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? OverlayDriver { get; init; }

    /// <summary><c>grid</c> or <c>private</c>. Not of the original API.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? StackNetworks { get; init; }
    public GridStatsRequest? Stats { get; init; }
    public GridLogsRequest? Logs { get; init; }

    /// <summary><c>off</c>, <c>gentle</c> or <c>auto</c>. Not of the original API.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Rebalance { get; init; }

    /// <summary>Update only, as the next: an object with nothing in it removes the bound.</summary>
    public QuotaJson? Quota { get; init; }

    /// <summary>Replaces all of them.</summary>
    public IReadOnlyDictionary<string, QuotaJson>? StackQuotas { get; init; }
}

/// <param name="Statsd">Null in an object that is there removes statsd on update.</param>
public sealed record GridStatsRequest(StatsdRequest? Statsd);

public sealed record StatsdRequest(string? Server, int? Port);

/// <param name="Forwarder"><c>fluentd</c>, or <c>none</c> to end shipping.</param>
public sealed record GridLogsRequest(string? Forwarder, IReadOnlyDictionary<string, string>? Opts);
