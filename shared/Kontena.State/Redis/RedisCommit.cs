using System.Text.Json;
using Kontena.Contracts;
using StackExchange.Redis;

namespace Kontena.State.Redis;

/// <summary>A batch as the keys and arguments of <see cref="RedisScripts.Commit"/>, and the script's answer read back.</summary>
internal sealed class RedisCommit
{
    /// <summary>How long a batch is remembered: far longer than anybody tries it again.</summary>
    private const int MarkSeconds = 120;

    private readonly CommitBatch _batch;
    private readonly Dictionary<string, int> _kinds = [];
    private readonly List<RedisKey> _keys = [];
    private readonly List<RedisValue> _values = [];

    public RedisCommit(CommitBatch batch, string batchId, string origin)
    {
        _batch = batch;
        var keys = new RedisKeys(batch.Partition);
        _keys.AddRange([keys.BatchMark(batchId), keys.Outbox, keys.OutboxSequence, keys.Changes]);

        _values.Add(batch.Checks.Count + batch.Puts.Count + batch.Deletes.Count);
        for (var i = 1; Expectation(i) is { } expectation; i++)
            _values.AddRange([KindOf(expectation.Key, keys), expectation.Key.Id, expectation.Expected]);

        _values.Add(batch.Puts.Count);
        for (var i = 0; i < batch.Puts.Count; i++)
        {
            var put = batch.Puts[i];
            _values.AddRange([KindOf(put.Key, keys), put.Key.Id, batch.Checks.Count + i + 1, put.Json, put.Indexes.Count]);
            foreach (var index in put.Indexes)
                _values.Add(Term(index));
        }

        _values.Add(batch.Deletes.Count);
        foreach (var delete in batch.Deletes)
            _values.AddRange([KindOf(delete.Key, keys), delete.Key.Id]);

        _values.Add(batch.Messages.Count);
        foreach (var message in batch.Messages)
        {
            var destination = JsonSerializer.Serialize(message.Destination, KontenaJson.Default.Destination);
            _values.Add(string.Join(RedisScripts.FieldEnd, origin, destination, message.Type, message.Body));
        }

        var changed = batch.ChangedKinds.ToList();
        _values.AddRange([batchId, changed.Count]);
        foreach (var kind in changed)
            _values.Add(kind);

        _values.Add(MarkSeconds);
    }

    public RedisKey[] Keys => [.. _keys];

    public RedisValue[] Values => [.. _values];

    public static string Term(IndexValue index) => index.Name + RedisScripts.FieldEnd + index.Value;

    /// <exception cref="StateConflictException">The script refused.</exception>
    public void ReadAnswer(long answer)
    {
        if (answer is RedisScripts.Applied or RedisScripts.AppliedBefore)
            return;
        var failed = Expectation((int)answer)
            ?? throw new InvalidOperationException($"Redis answered {answer} to a batch with fewer expectations");
        throw new StateConflictException(failed.Key, failed.Expected);
    }

    // Checks, then puts, then deletes; the first is 1, as Lua counts.
    private DocumentCheck? Expectation(int number)
    {
        var i = number - 1;
        if (i < _batch.Checks.Count)
            return _batch.Checks[i];
        i -= _batch.Checks.Count;
        if (i < _batch.Puts.Count)
            return new DocumentCheck(_batch.Puts[i].Key, _batch.Puts[i].Expected);
        i -= _batch.Puts.Count;
        return i < _batch.Deletes.Count ? _batch.Deletes[i] : null;
    }

    private int KindOf(DocumentKey key, RedisKeys keys)
    {
        if (_kinds.TryGetValue(key.Kind, out var number))
            return number;
        _kinds.Add(key.Kind, number = _kinds.Count + 1);
        _keys.AddRange([keys.Documents(key.Kind), keys.Index(key.Kind), keys.IndexedAs(key.Kind)]);
        return number;
    }
}
