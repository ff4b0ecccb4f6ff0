using Kontena.Contracts.Exec;
using Kontena.Contracts.Instances;
using Kontena.Contracts.Logs;
using Kontena.Contracts.Networking;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Registries;
using Kontena.Contracts.Stats;
using Kontena.Contracts.Volumes;

namespace Kontena.Contracts.Messaging;

/// <summary>The one exchange that a node with a broker user of its own writes to, and all that follows from its name (dotnet-packages.md §3.6).</summary>
/// <remarks>
/// Only the node may write to it, and only the control plane can bind it to what services read. The broker hands the name on with each message, so readers learn
/// from it who speaks; whatever the body says is compared with it. The node chooses routing keys freely, and nothing is trusted for its key.
/// </remarks>
/// <param name="Token">The letters and digits of the engine's id, lowered.</param>
/// <param name="Grid">The grid's name.</param>
/// <param name="Node">The node's name.</param>
public sealed record NodeOutlet(string Token, string Grid, string Node)
{
    /// <summary>Of a name on the broker, in bytes.</summary>
    public const int LongestName = 255;

    private const string Prefix = "node-";
    private const string Infix = ".out.";
    private const string DataKey = "data";

    public static NodeOutlet Of(string nodeId, string grid, string node) => new(Queues.Node(nodeId)[Prefix.Length..], grid, node);

    /// <summary>The exchange's name.</summary>
    public string Exchange => $"{User}{Infix}{Grid}.{Node}";

    /// <summary>The node's broker user, and the prefix of everything it may touch.</summary>
    public string User => Prefix + Token;

    /// <summary>Where the control plane hands on what the node says: exchange and pattern of the key.</summary>
    public static IReadOnlyList<(string Exchange, bool Topic, string Key)> Bindings { get; } =
        [(Queues.Reports, true, "*.*"), (Queues.NodeData, false, DataKey), (Queues.ExecOutput, true, Queues.ExecOutputKey("*"))];

    /// <summary>What all nodes of a grid may hear.</summary>
    public IReadOnlyList<string> Heard => [Queues.GridNames(Grid)];

    /// <summary>The node's own exchange to which the control plane hands on what comes to <paramref name="exchange"/>: a node that may bind to that itself could
    /// delete it too.</summary>
    public string Inlet(string exchange) => $"{User}.in.{exchange}";

    /// <summary>Reads the name of an exchange. A grid's name has no dots, a node's may.</summary>
    /// <returns>Null when it is not that of a node's outlet.</returns>
    public static NodeOutlet? Read(string exchange)
    {
        if (!exchange.StartsWith(Prefix, StringComparison.Ordinal) || exchange.IndexOf(Infix, StringComparison.Ordinal) is not (> 0 and var end))
            return null;
        var token = exchange[Prefix.Length..end];
        var place = exchange[(end + Infix.Length)..].Split('.', 2);
        return token.Length > 0 && token.All(char.IsAsciiLetterOrDigit) && place is [{ Length: > 0 } grid, { Length: > 0 } node] ? new NodeOutlet(token, grid, node) : null;
    }

    /// <summary>The way of a message that is meant for <paramref name="destination"/>.</summary>
    /// <exception cref="ArgumentException">Nodes send nothing there.</exception>
    public static Destination Route(string exchange, Destination destination) => destination switch
    {
        { Kind: DestinationKind.Topic, Name: Queues.Reports } => destination with { Name = exchange },
        { Kind: DestinationKind.Fanout, Name: Queues.NodeData } => new Destination(exchange, DestinationKind.Topic, DataKey),
        { Kind: DestinationKind.Queue } when Queues.ApiOf(destination.Name) is { } api => new Destination(exchange, DestinationKind.Topic, Queues.ExecOutputKey(api)),
        _ => throw new ArgumentException($"a node sends nothing to '{destination.Name}'", nameof(destination)),
    };

    /// <summary>Whether this node may say that: reports in its own name and nothing else. Everything that a node sends to shared queues is listed here.</summary>
    public bool MaySay(object message) => message switch
    {
        JoinGrid join => IsToken(join.NodeId),
        NodeHeartbeat beat => Is(beat.Grid, beat.Node, beat.NodeId),
        NodeFactsReport report => Is(report.Grid, report.Node, report.NodeId),
        InstanceObserved observed => Is(observed.Grid, observed.Node, observed.NodeId),
        NodeSynced synced => Is(synced.Grid, synced.Node, synced.NodeId) && (synced.Instances ?? []).All(one => Is(one.Grid, one.Node, one.NodeId)),
        VolumeObserved observed => Is(observed.Grid, observed.Node, observed.NodeId),
        NodeNetworkReport report => Is(report.Grid, report.Node, report.NodeId),
        NetworkMeasured measured => Is(measured.Grid, measured.Node, measured.NodeId),
        AskRegistryLogin ask => Is(ask.Grid, ask.Node, ask.NodeId),
        LogBatch batch => Is(batch.Grid, batch.Node) && (batch.Lines ?? []).All(line => string.IsNullOrEmpty(line.Node) || line.Node == Node),
        StatsBatch batch => Is(batch.Grid, batch.Node),
        // They say of which session or question they are; the api compares the node with the one that it asked.
        ExecOutput or ContainerAnswer => true,
        _ => false,
    };

    /// <summary>Whether the engine of this id is the node's.</summary>
    public bool IsToken(string? nodeId) => nodeId is not null && Queues.Node(nodeId) == User;

    private bool Is(string grid, string node, string nodeId) => Is(grid, node) && IsToken(nodeId);

    private bool Is(string grid, string node) => grid == Grid && node == Node;
}
