using System.Collections.Concurrent;
using System.Globalization;
using Kontena.Core.Ids;
using StackExchange.Redis;

namespace Kontena.State.Redis;

/// <summary>The store for more than one machine. Each commit is one Lua script on one hash slot; only strings, hashes, sorted sets and Lua are used.</summary>
/// <remarks>A batch carries an id that the script remembers, so a commit whose answer got lost is tried again without being applied twice.</remarks>
internal sealed class RedisStateStore : IStateStore, IDisposable
{
    private const int PageSize = 2000;
    private const int MaxPending = 1000;

    private readonly RedisConnection _connection;
    private readonly RedisCalls _calls;
    private readonly string _origin;
    private readonly TimeProvider _time;

    // One per grid. Forgotten on every reconnect: another Redis may answer then.
    private readonly ConcurrentDictionary<string, bool> _listedPartitions = new();

    public RedisStateStore(RedisConnection connection, string origin, TimeProvider time)
    {
        _connection = connection;
        _calls = new RedisCalls(connection, time);
        _origin = origin;
        _time = time;
        connection.Restored += _listedPartitions.Clear;
    }

    public async Task<StoredDocument?> GetAsync(DocumentKey key, CancellationToken cancellationToken)
    {
        var stored = await _calls.ReadAsync(
            redis => redis.HashGetAsync(new RedisKeys(key.Partition).Documents(key.Kind), key.Id), cancellationToken);
        return stored.IsNull ? null : Document(key, stored);
    }

    public async Task<IReadOnlyList<StoredDocument>> ListAsync(
        string partition, string kind, IndexValue? index, CancellationToken cancellationToken) =>
        IdOrder.Sort(index is null
            ? await ScanAsync(partition, kind, cancellationToken)
            : await FindAsync(partition, kind, index, cancellationToken));

    public async Task<string> MarkAsync(string partition, IReadOnlyList<string> kinds, CancellationToken cancellationToken)
    {
        RedisValue[] fields = [.. kinds.Select(kind => (RedisValue)kind)];
        return string.Join(' ', await _calls.ReadAsync(redis => redis.HashGetAsync(new RedisKeys(partition).Changes, fields), cancellationToken));
    }

    public async Task CommitAsync(CommitBatch batch, CancellationToken cancellationToken)
    {
        if (batch.IsEmpty && batch.Checks.Count == 0)
            return;
        if (batch.Messages.Count > 0 && !_listedPartitions.ContainsKey(batch.Partition))
        {
            // Its own hash slot, hence its own call, and before: a message must never lie in a partition nobody looks at.
            await _calls.WriteAsync(redis => redis.SortedSetAddAsync(RedisKeys.Partitions, batch.Partition, 0), cancellationToken);
            _listedPartitions[batch.Partition] = true;
        }

        var commit = new RedisCommit(batch, ObjectId.New(_time), _origin);
        var keys = commit.Keys;
        var values = commit.Values;
        var answer = await _calls.WriteAsync(
            redis => redis.ScriptEvaluateAsync(RedisScripts.Commit, keys, values), cancellationToken);
        commit.ReadAnswer((long)answer);
    }

    public async Task<IReadOnlyList<OutboxEntry>> PendingAsync(
        string partition, int limit, CancellationToken cancellationToken, string? after = null)
    {
        var members = await _calls.ReadAsync(
            redis => redis.SortedSetRangeByScoreAsync(
                new RedisKeys(partition).Outbox, OutboxSequence.FromId(after), double.PositiveInfinity, Exclude.Start,
                Order.Ascending, 0, Math.Clamp(limit, 1, MaxPending)),
            cancellationToken);
        return [.. members.Select(Entry)];
    }

    public async Task<IReadOnlyList<string>> PartitionsWithPendingAsync(CancellationToken cancellationToken)
    {
        var partitions = await _calls.ReadAsync(redis => redis.SortedSetRangeByRankAsync(RedisKeys.Partitions), cancellationToken);
        var pending = await _calls.ReadAsync(
            redis => Task.WhenAll(partitions.Select(one => redis.KeyExistsAsync(new RedisKeys(one!).Outbox))), cancellationToken);
        return [.. partitions.Zip(pending).Where(one => one.Second).Select(one => (string)one.First!)];
    }

    public async Task ForgetAsync(string partition, IReadOnlyList<string> entryIds, CancellationToken cancellationToken)
    {
        if (entryIds.Count == 0)
            return;
        var outbox = new RedisKeys(partition).Outbox;
        var ranges = Ranges(entryIds.Select(OutboxSequence.FromId));
        await _calls.WriteAsync(
            redis => Task.WhenAll(ranges.Select(range => redis.SortedSetRemoveRangeByScoreAsync(outbox, range.First, range.Last))),
            cancellationToken);
    }

    public Task PingAsync(CancellationToken cancellationToken) =>
        _calls.PingAsync(redis => redis.KeyExistsAsync(RedisKeys.Partitions), cancellationToken);

    public void Dispose()
    {
        _connection.Restored -= _listedPartitions.Clear;
        _connection.Dispose();
    }

    /// <summary>Numbers that follow each other become one range, so that a page of entries is forgotten with one command.</summary>
    internal static List<(long First, long Last)> Ranges(IEnumerable<long> numbers)
    {
        var ranges = new List<(long First, long Last)>();
        foreach (var number in numbers.Order())
        {
            if (ranges.Count > 0 && number <= ranges[^1].Last + 1)
                ranges[^1] = (ranges[^1].First, number);
            else
                ranges.Add((number, number));
        }

        return ranges;
    }

    // A scan returns everything that was there from its start to its end, and may return something twice.
    private async Task<List<StoredDocument>> ScanAsync(string partition, string kind, CancellationToken cancellationToken)
    {
        var key = new RedisKeys(partition).Documents(kind);
        var found = new Dictionary<string, StoredDocument>();
        var cursor = "0";
        do
        {
            var from = cursor;
            var page = (RedisResult[])(await _calls.ReadAsync(
                redis => redis.ExecuteAsync("HSCAN", key, from, "COUNT", PageSize), cancellationToken))!;
            cursor = (string)page[0]!;
            var fields = (RedisValue[])page[1]!;
            for (var i = 0; i + 1 < fields.Length; i += 2)
            {
                var document = Document(new DocumentKey(partition, kind, fields[i]!), fields[i + 1]);
                if (!found.TryGetValue(document.Key.Id, out var other) || other.Version < document.Version)
                    found[document.Key.Id] = document;
            }
        }
        while (cursor != "0");

        return [.. found.Values];
    }

    private async Task<List<StoredDocument>> FindAsync(
        string partition, string kind, IndexValue index, CancellationToken cancellationToken)
    {
        var keys = new RedisKeys(partition);
        var term = RedisCommit.Term(index);
        var prefix = term + RedisScripts.FieldEnd;
        // The character after the separator ends everything that begins with the prefix.
        var upper = "(" + term + (char)(RedisScripts.FieldEnd + 1);
        var lower = "[" + prefix;
        var found = new List<StoredDocument>();
        while (true)
        {
            var from = lower;
            var page = (RedisValue[])(await _calls.ReadAsync(
                redis => redis.ScriptEvaluateAsync(
                    RedisScripts.ListByIndex,
                    [keys.Documents(kind), keys.Index(kind)],
                    [from, upper, PageSize, System.Text.Encoding.UTF8.GetByteCount(prefix)]),
                cancellationToken))!;
            for (var i = 0; i + 1 < page.Length; i += 2)
            {
                if (!page[i + 1].IsNull)
                    found.Add(Document(new DocumentKey(partition, kind, page[i]!), page[i + 1]));
            }

            if (page.Length < PageSize * 2)
                return found;
            lower = "(" + prefix + page[^2];
        }
    }

    private static StoredDocument Document(DocumentKey key, RedisValue stored)
    {
        string text = stored!;
        var end = text.IndexOf('\n', StringComparison.Ordinal);
        return new StoredDocument(key, long.Parse(text.AsSpan(0, end), CultureInfo.InvariantCulture), text[(end + 1)..]);
    }

    private static OutboxEntry Entry(RedisValue member)
    {
        var fields = ((string)member!).Split(RedisScripts.FieldEnd, 5);
        return new OutboxEntry(
            OutboxSequence.ToId(long.Parse(fields[0], CultureInfo.InvariantCulture)), fields[2], fields[3], fields[4], fields[1]);
    }
}
