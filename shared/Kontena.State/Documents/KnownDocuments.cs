using System.Collections.Concurrent;

namespace Kontena.State.Documents;

/// <summary>All documents of a kind, for whoever lists them again and again: one whose text is the same as the last time is not parsed again.</summary>
/// <remarks>The text is compared, as versions begin anew after a removal. What is given is shared with those who ask later. Safe to use from several threads.</remarks>
public sealed class KnownDocuments<T>(IStateStore store, DocumentKind<T> kind)
{
    /// <summary>Partitions that are remembered; one more, and all are read afresh.</summary>
    private const int MostPartitions = 256;

    private readonly ConcurrentDictionary<string, IReadOnlyDictionary<string, Known>> _known = new(StringComparer.Ordinal);

    /// <summary>As the store has them now, ordered by id (ordinal).</summary>
    public async Task<IReadOnlyList<Versioned<T>>> ListAsync(string partition, CancellationToken cancellationToken)
    {
        var stored = await store.ListAsync(partition, kind.Name, null, cancellationToken);
        var before = _known.GetValueOrDefault(partition);
        var now = new Dictionary<string, Known>(stored.Count, StringComparer.Ordinal);
        var documents = new List<Versioned<T>>(stored.Count);
        foreach (var one in stored)
        {
            var known = before?.GetValueOrDefault(one.Key.Id) is { } same && same.Json == one.Json ? same : new Known(one.Json, TypedReads.Read(kind, one));
            now[one.Key.Id] = known;
            documents.Add(known.Document.Version == one.Version ? known.Document : known.Document with { Version = one.Version });
        }

        if (_known.Count >= MostPartitions && before is null)
            _known.Clear();
        _known[partition] = now;
        return documents;
    }

    private sealed record Known(string Json, Versioned<T> Document);
}
