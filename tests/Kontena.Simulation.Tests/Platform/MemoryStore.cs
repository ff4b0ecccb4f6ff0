using System.Text.Json;
using Kontena.Contracts;
using Kontena.Contracts.Messaging;
using Kontena.State;

namespace Kontena.Simulation.Tests.Platform;

/// <summary>What the real stores promise (design §5), in memory: versions, all or nothing, an outbox in commit order.</summary>
internal sealed class MemoryStore(Mutant mutant)
{
    private static readonly StoredDocument[] None = [];

    private readonly Dictionary<(string Partition, string Kind), Shelf> _shelves = [];
    private readonly Dictionary<string, SortedDictionary<long, OutboxEntry>> _outboxes = new(StringComparer.Ordinal);
    private readonly Dictionary<Destination, string> _destinations = [];
    private long _sequence;

    public StoredDocument? Get(DocumentKey key) => ShelfOf(key.Partition, key.Kind).ById.GetValueOrDefault(key.Id);

    /// <summary>Ordered by id.</summary>
    public IReadOnlyList<StoredDocument> List(string partition, string kind, IndexValue? index = null)
    {
        var shelf = ShelfOf(partition, kind);
        var all = shelf.Sorted ??= shelf.ById.Count == 0 ? None : [.. shelf.ById.Values];
        return index is null ? all : [.. all.Where(one => shelf.Indexes[one.Key.Id].Contains(index))];
    }

    public string Mark(string partition, IReadOnlyList<string> kinds) => string.Join(' ', kinds.Select(kind => ShelfOf(partition, kind).Changes));

    /// <summary>Null when applied; else the conflict, and nothing is changed.</summary>
    public StateConflictException? Apply(CommitBatch batch, string origin)
    {
        if (mutant != Mutant.StoreIgnoresVersions)
        {
            foreach (var check in mutant == Mutant.StoreIgnoresTheEpoch ? [] : batch.Checks)
            {
                if (Conflict(check.Key, check.Expected) is { } conflict)
                    return conflict;
            }

            foreach (var put in batch.Puts)
            {
                if (Conflict(put.Key, put.Expected) is { } conflict)
                    return conflict;
            }

            foreach (var delete in batch.Deletes)
            {
                if (Conflict(delete.Key, delete.Expected) is { } conflict)
                    return conflict;
            }
        }

        foreach (var put in batch.Puts)
        {
            var shelf = ShelfOf(put.Key.Partition, put.Key.Kind);
            var version = shelf.ById.TryGetValue(put.Key.Id, out var before) ? before.Version + 1 : 1;
            shelf.ById[put.Key.Id] = new StoredDocument(put.Key, version, put.Json);
            shelf.Indexes[put.Key.Id] = put.Indexes;
            shelf.Changed();
        }

        foreach (var delete in batch.Deletes)
        {
            var shelf = ShelfOf(delete.Key.Partition, delete.Key.Kind);
            shelf.ById.Remove(delete.Key.Id);
            shelf.Indexes.Remove(delete.Key.Id);
            shelf.Changed();
        }

        foreach (var message in batch.Messages)
        {
            var id = ++_sequence;
            OutboxOf(batch.Partition)[id] = new OutboxEntry(OutboxSequence.ToId(id), Text(message.Destination), message.Type, message.Body, origin);
        }

        return null;
    }

    public IReadOnlyList<OutboxEntry> Pending(string partition, int limit, string? after)
    {
        var outbox = OutboxOf(partition);
        if (outbox.Count == 0)
            return [];
        var from = OutboxSequence.FromId(after);
        return [.. outbox.Where(one => one.Key > from).Take(limit).Select(one => one.Value)];
    }

    public IReadOnlyList<string> PartitionsWithPending() => [.. _outboxes.Where(one => one.Value.Count > 0).Select(one => one.Key)];

    public void Forget(string partition, IReadOnlyList<string> entryIds)
    {
        foreach (var id in entryIds)
            OutboxOf(partition).Remove(OutboxSequence.FromId(id));
    }

    private StateConflictException? Conflict(DocumentKey key, long expected)
    {
        var found = Get(key)?.Version ?? 0;
        return expected == CommitBatch.AnyVersion || expected == found ? null : new StateConflictException(key, expected);
    }

    private Shelf ShelfOf(string partition, string kind)
    {
        if (!_shelves.TryGetValue((partition, kind), out var shelf))
            _shelves[(partition, kind)] = shelf = new Shelf();
        return shelf;
    }

    private SortedDictionary<long, OutboxEntry> OutboxOf(string partition)
    {
        if (!_outboxes.TryGetValue(partition, out var outbox))
            _outboxes[partition] = outbox = [];
        return outbox;
    }

    private string Text(Destination destination)
    {
        if (!_destinations.TryGetValue(destination, out var text))
            _destinations[destination] = text = JsonSerializer.Serialize(destination, KontenaJson.Default.Destination);
        return text;
    }

    private sealed class Shelf
    {
        public SortedDictionary<string, StoredDocument> ById { get; } = new(StringComparer.Ordinal);

        public Dictionary<string, IReadOnlyList<IndexValue>> Indexes { get; } = new(StringComparer.Ordinal);

        public StoredDocument[]? Sorted { get; set; }

        public int Changes { get; private set; }

        public void Changed()
        {
            Sorted = null;
            Changes++;
        }
    }
}
