using System.Collections.Immutable;
using Kontena.State;
using Kontena.State.Documents;

namespace Kontena.Scheduler.Snapshots;

/// <summary>The documents of one kind as last known, by id, with the versions they have in the store.</summary>
internal sealed class DocumentTable<T>(DocumentKind<T> kind, ImmutableDictionary<string, Versioned<T>> byId)
    where T : class
{
    private IReadOnlyList<T>? _values;

    // Immutable values that are made when first asked for: should two threads make one at once, one of the two is lost.
    private ImmutableDictionary<Grouping<T>, Grouped<T>> _grouped = ImmutableDictionary<Grouping<T>, Grouped<T>>.Empty;

    public DocumentTable(DocumentKind<T> kind)
        : this(kind, ImmutableDictionary.Create<string, Versioned<T>>(StableText.Comparer))
    {
    }

    public DocumentKind<T> Kind => kind;

    public ImmutableDictionary<string, Versioned<T>> ById => byId;

    /// <summary>In an order that is the same in every process, and no other.</summary>
    public IEnumerable<T> Values => _values ??= [.. byId.Values.Select(one => one.Value)];

    public T? Find(string id) => byId.TryGetValue(id, out var found) ? found.Value : null;

    public long VersionOf(string id) => byId.TryGetValue(id, out var found) ? found.Version : 0;

    /// <summary>The documents by what they have in common. Made once; later tables get it moved forward.</summary>
    public Grouped<T> By(Grouping<T> grouping)
    {
        var known = _grouped;
        if (known.TryGetValue(grouping, out var grouped))
            return grouped;
        grouped = Grouped<T>.Of(kind, grouping, Values);
        _grouped = known.SetItem(grouping, grouped);
        return grouped;
    }

    /// <summary>The table after a fresh read of one document; null when the store has none.</summary>
    public DocumentTable<T> Reread(string id, Versioned<T>? read) =>
        After(read is null ? byId.Remove(id) : byId.SetItem(id, read), [(Find(id), read?.Value)]);

    /// <summary>The table once its documents are these.</summary>
    /// <param name="changes">How they became so, in order.</param>
    public DocumentTable<T> After(ImmutableDictionary<string, Versioned<T>> documents, IReadOnlyList<(T? Before, T? After)> changes) =>
        new(kind, documents) { _grouped = _grouped.ToImmutableDictionary(one => one.Key, one => one.Value.After(changes)) };

    public static DocumentTable<T> Of(DocumentKind<T> kind, IEnumerable<Versioned<T>> documents) =>
        new(kind, documents.ToImmutableDictionary(one => kind.IdOf(one.Value), StableText.Comparer));
}

/// <summary>A table being changed: what is put and deleted here goes into one batch, each document once.</summary>
internal sealed class DraftTable<T>(DocumentTable<T> before)
    where T : class
{
    private readonly Dictionary<string, T?> _changes = new(StringComparer.Ordinal);
    private readonly List<(T? Before, T? After)> _journal = [];
    private readonly Dictionary<Grouping<T>, (Grouped<T> Grouped, int At)> _grouped = [];

    public bool IsChanged => _changes.Count > 0;

    /// <summary>Every put and delete so far, with what was there before it.</summary>
    public IReadOnlyList<(T? Before, T? After)> Journal => _journal;

    public IEnumerable<T> Values
    {
        get
        {
            if (_changes.Count == 0)
                return before.Values;
            var kept = before.ById.Where(one => !_changes.ContainsKey(one.Key)).Select(one => one.Value.Value);
            return kept.Concat(_changes.Values.OfType<T>());
        }
    }

    /// <summary>The documents by what they have in common, as they are now.</summary>
    public Grouped<T> By(Grouping<T> grouping)
    {
        var (grouped, at) = _grouped.TryGetValue(grouping, out var known) ? known : (before.By(grouping), 0);
        if (at < _journal.Count)
            grouped = grouped.After(_journal[at..]);
        _grouped[grouping] = (grouped, _journal.Count);
        return grouped;
    }

    public T? Find(string id) => _changes.TryGetValue(id, out var changed) ? changed : before.Find(id);

    public void Put(T document)
    {
        var id = before.Kind.IdOf(document);
        _journal.Add((Find(id), document));
        _changes[id] = document;
    }

    public void Delete(string id)
    {
        _journal.Add((Find(id), null));
        if (before.VersionOf(id) > 0)
            _changes[id] = null;
        else
            _changes.Remove(id);
    }

    public void AddTo(CommitBatch batch)
    {
        foreach (var (id, document) in _changes.OrderBy(one => one.Key, StringComparer.Ordinal))
        {
            if (document is null)
                batch.Delete(before.Kind, id, before.VersionOf(id));
            else
                batch.Put(before.Kind, document, before.VersionOf(id));
        }
    }

    /// <summary>The table once the batch is committed.</summary>
    public DocumentTable<T> Committed()
    {
        if (_changes.Count == 0)
            return before;
        var after = before.ById.ToBuilder();
        foreach (var (id, document) in _changes)
        {
            if (document is null)
                after.Remove(id);
            else
                after[id] = new Versioned<T>(document, before.VersionOf(id) + 1);
        }

        return before.After(after.ToImmutable(), _journal);
    }
}
