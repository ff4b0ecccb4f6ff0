using StackExchange.Redis;

namespace Kontena.State.Redis;

/// <summary>Names of Redis keys. Everything of a partition carries its tag in braces, so it shares one hash slot and one script can change it.</summary>
internal sealed class RedisKeys(string partition)
{
    /// <summary>Sorted set (all scores 0) of partitions that ever had a commit.</summary>
    public static readonly RedisKey Partitions = "kontena:partitions";

    // Escaped, so that no name can close the braces early.
    private readonly string _prefix = $"kontena:{{{Uri.EscapeDataString(partition)}}}:";

    /// <summary>Sorted set; score = sequence, member = sequence, origin, destination, type, body.</summary>
    public RedisKey Outbox => _prefix + "outbox";

    /// <summary>The last sequence number given to a message.</summary>
    public RedisKey OutboxSequence => _prefix + "outbox-seq";

    /// <summary>Hash; kind → the batch that last changed a document of it.</summary>
    public RedisKey Changes => _prefix + "changes";

    /// <summary>Exists for a while after the batch was applied.</summary>
    public RedisKey BatchMark(string batchId) => _prefix + "batch:" + batchId;

    /// <summary>Hash; id → version, line feed, JSON.</summary>
    public RedisKey Documents(string kind) => _prefix + "doc:" + kind;

    /// <summary>Sorted set (all scores 0) of index name, value, id.</summary>
    public RedisKey Index(string kind) => _prefix + "idx:" + kind;

    /// <summary>Hash; id → the index entries that stand for it, so that they can be taken back.</summary>
    public RedisKey IndexedAs(string kind) => _prefix + "idx-of:" + kind;
}
