using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Kontena.State.Documents;

/// <summary>A kind whose documents are handled as text: for backups, which keep every kind alike.</summary>
public interface IDocumentKind
{
    string Name { get; }

    /// <summary>Stores the document whatever is there, with the id and the indexes that its content says.</summary>
    /// <exception cref="JsonException">The text is no document of this kind.</exception>
    void PutJson(CommitBatch batch, string json);

    /// <summary>Deletes the document whatever is there.</summary>
    void Delete(CommitBatch batch, string id);
}

/// <summary>How one kind of document is named, written and found.</summary>
public sealed class DocumentKind<T>(
    string name, JsonTypeInfo<T> json, Func<T, string> id, Func<T, IReadOnlyList<IndexValue>>? indexes = null) : IDocumentKind
{
    public string Name { get; } = name;

    public JsonTypeInfo<T> Json { get; } = json;

    public string IdOf(T document) => id(document);

    public IReadOnlyList<IndexValue> IndexesOf(T document) => indexes?.Invoke(document) ?? [];

    public void PutJson(CommitBatch batch, string json) =>
        batch.Put(this, JsonSerializer.Deserialize(json, Json) ?? throw new JsonException($"a {Name} is empty"), CommitBatch.AnyVersion);

    public void Delete(CommitBatch batch, string id) => batch.Delete(this, id, CommitBatch.AnyVersion);
}

/// <summary>A document with the version it was read at, to be given back when it is changed.</summary>
public sealed record Versioned<T>(T Value, long Version);

/// <summary>Typed reading over <see cref="IStateStore"/>.</summary>
public static class TypedReads
{
    public static async Task<Versioned<T>?> GetAsync<T>(
        this IStateStore store, DocumentKind<T> kind, string partition, string id, CancellationToken cancellationToken)
    {
        var stored = await store.GetAsync(new DocumentKey(partition, kind.Name, id), cancellationToken);
        return stored is null ? null : Read(kind, stored);
    }

    public static async Task<IReadOnlyList<Versioned<T>>> ListAsync<T>(
        this IStateStore store, DocumentKind<T> kind, string partition, CancellationToken cancellationToken, IndexValue? index = null)
    {
        var stored = await store.ListAsync(partition, kind.Name, index, cancellationToken);
        return [.. stored.Select(one => Read(kind, one))];
    }

    internal static Versioned<T> Read<T>(DocumentKind<T> kind, StoredDocument stored) =>
        new(JsonSerializer.Deserialize(stored.Json, kind.Json) ?? throw new JsonException($"{stored.Key} is empty"), stored.Version);
}
