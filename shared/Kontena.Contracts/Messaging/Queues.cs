using Kontena.Contracts.Events;

namespace Kontena.Contracts.Messaging;

/// <summary>The names of every queue and exchange. They are wire names: changing one is a migration.</summary>
public static class Queues
{
    /// <summary>Commands about what is wanted: grids, nodes, stacks, services.</summary>
    public const string GridManager = "grid-manager";

    /// <summary>What nodes say, as grid-manager reads it: joins, heartbeats, facts.</summary>
    public const string GridManagerReports = "grid-manager-reports";

    /// <summary>What nodes ask grid-manager, apart from <see cref="GridManagerReports"/>: no question delays a heartbeat.</summary>
    public const string GridManagerQuestions = "grid-manager-questions";

    /// <summary>Log lines and stats on their way into the store.</summary>
    public const string LogIngest = "log-collector-ingest";

    /// <summary>Questions to the log store.</summary>
    public const string LogQueries = "log-collector-queries";

    /// <summary>Topic exchange of what happens, for whoever wants to know, also outside Kontena; the routing key is <see cref="EventKey"/>.</summary>
    public const string Events = "kontena.events";

    /// <summary>Events on their way into the log.</summary>
    public const string EventIngest = "log-collector-events";

    /// <summary>Routing key of an event: <c>grid.GRID.SUBJECT.WHAT</c>, e.g. <c>grid.prod.service.deploy</c>. No part has a dot.</summary>
    public static string EventKey(string grid, string type)
    {
        var (subject, what) = EventTypes.Parts(type);
        return $"grid.{grid}.{subject}.{what}";
    }

    /// <summary>Topic exchange that every node writes its control reports to; the routing key is <see cref="ReportKey"/>.</summary>
    public const string Reports = "reports";

    /// <summary>Fanout exchange that every node writes logs and stats to (data connection).</summary>
    public const string NodeData = "node-data";

    /// <summary>Exchange and queue of the commands that integrations send, in raw JSON; read by the api.</summary>
    public const string PublicCommands = "kontena.commands";

    /// <summary>How many scheduler shards there are. Part of the wire contract.</summary>
    public const int SchedulerShards = 16;

    /// <summary>The queue of one scheduler shard, 0 to 15; exactly one scheduler reads it at a time.</summary>
    public static string SchedulerShard(int shard) => $"scheduler-shard-{shard}";

    /// <summary>The queue of the shard that runs this grid.</summary>
    public static string SchedulerShardOf(string grid) => SchedulerShard(ShardOf(grid));

    /// <summary>The shard of a grid: FNV-1a of its name, modulo <see cref="SchedulerShards"/>.</summary>
    public static int ShardOf(string grid)
    {
        var hash = 2166136261u;
        foreach (var character in grid)
            hash = unchecked((hash ^ character) * 16777619u);
        return (int)(hash % SchedulerShards);
    }

    /// <summary>Where a node takes its orders. The node id keeps only its letters and digits, lowered, so that no node's prefix covers another's.</summary>
    public static string Node(string nodeId) => "node-" + NodeToken(nodeId);

    /// <summary>Where a node takes input for exec sessions (data connection).</summary>
    public static string NodeExec(string nodeId) => "node-" + NodeToken(nodeId) + "-exec";

    /// <summary>Where a node takes news of the grid's names, beside its orders. Gone with the agent's process: what it missed it is told anew.</summary>
    public static string NodeNames(string nodeId) => "node-" + NodeToken(nodeId) + NamesSuffix;

    /// <summary>Fanout exchange for news of a grid's names to all its nodes.</summary>
    public static string GridNames(string grid) => "grid-" + grid + NamesSuffix;

    /// <summary>Where one process of an agent takes the answers to its requests to join. Its own, as machines that were cloned share <see cref="Node"/>.</summary>
    /// <param name="run"><see cref="Nodes.JoinGrid.Run"/>: letters and digits.</param>
    public static string NodeJoin(string nodeId, string run) => "node-" + NodeToken(nodeId) + JoinInfix + NodeToken(run);

    /// <summary>Where one api process takes the output of the exec sessions it opened (data connection).</summary>
    public static string ApiExec(string apiInstance) => ApiExecPrefix + apiInstance;

    /// <summary>Topic exchange through which exec output of nodes with a broker user of their own comes to the api processes, by <see cref="ExecOutputKey"/>.</summary>
    public const string ExecOutput = "exec-output";

    /// <summary>Routing key of exec output for one api process.</summary>
    public static string ExecOutputKey(string apiInstance) => $"exec.output.{apiInstance}";

    /// <summary>The api process whose queue this is; null for other queues.</summary>
    internal static string? ApiOf(string queue) => queue.StartsWith(ApiExecPrefix, StringComparison.Ordinal) ? queue[ApiExecPrefix.Length..] : null;

    /// <summary>Queues that go with the process that reads them. Senders must know: whoever declares such a queue's exchange otherwise than its reader is refused by the broker.</summary>
    public static bool IsTemporary(string queue) => queue.StartsWith(ApiExecPrefix, StringComparison.Ordinal)
        || (queue.StartsWith("node-", StringComparison.Ordinal) && (queue.Contains(JoinInfix, StringComparison.Ordinal) || queue.EndsWith(NamesSuffix, StringComparison.Ordinal)));

    /// <summary>Routing key of a report: <c>shard.kind</c>, e.g. <c>7.heartbeat</c>. A scheduler shard binds the kinds it wants under its own number.</summary>
    public static string ReportKey(string grid, string kind) => $"{ShardOf(grid)}.{kind}";

    private const string ApiExecPrefix = "api-exec-";
    private const string JoinInfix = "-join-";
    private const string NamesSuffix = "-names";

    private static string NodeToken(string nodeId) =>
        string.Concat(nodeId.Where(char.IsAsciiLetterOrDigit).Select(char.ToLowerInvariant));
}
