using System.Text.Json;
using Kontena.Contracts;
using Kontena.Contracts.Messaging;
using Kontena.State.Documents;

namespace Kontena.State;

/// <summary>Changes that belong together: puts, deletes, version checks and messages, all in one partition.</summary>
/// <remarks>A document may be put or deleted once per batch. Every expected version is compared with what was stored before the batch.</remarks>
public sealed class CommitBatch(string partition)
{
    /// <summary>A put or delete that does not care what was there.</summary>
    public const long AnyVersion = -1;

    /// <summary>Puts, deletes, checks and messages together.</summary>
    public const int MaxOperations = 10_000;

    /// <summary>Characters of one document's or message's JSON.</summary>
    public const int MaxJsonLength = 8 * 1024 * 1024;

    /// <summary>Characters of an id or an index value.</summary>
    public const int MaxIdLength = 512;

    private readonly HashSet<DocumentKey> _written = [];
    private readonly List<DocumentPut> _puts = [];
    private readonly List<DocumentCheck> _deletes = [];
    private readonly List<DocumentCheck> _checks = [];
    private readonly List<OutgoingMessage> _messages = [];

    public string Partition { get; } = partition;

    public IReadOnlyList<DocumentPut> Puts => _puts;

    public IReadOnlyList<DocumentCheck> Deletes => _deletes;

    public IReadOnlyList<DocumentCheck> Checks => _checks;

    public IReadOnlyList<OutgoingMessage> Messages => _messages;

    /// <summary>How many more it holds.</summary>
    public int Room => MaxOperations - (_puts.Count + _deletes.Count + _checks.Count + _messages.Count);

    /// <summary>Of the documents that are put or deleted, each once.</summary>
    public IEnumerable<string> ChangedKinds => _written.Select(key => key.Kind).Distinct();

    public bool IsEmpty => _puts.Count + _deletes.Count + _messages.Count == 0;

    /// <summary>Stores the document as version <paramref name="expected"/> + 1. 0 = must not exist; <see cref="AnyVersion"/> = whatever is there.</summary>
    public CommitBatch Put<T>(DocumentKind<T> kind, T document, long expected)
    {
        var key = Written(kind.Name, kind.IdOf(document));
        var indexes = kind.IndexesOf(document);
        foreach (var index in indexes)
            CheckId(index.Value, $"index '{index.Name}' of {key.Kind} '{key.Id}'");
        _puts.Add(new DocumentPut(key, expected, CheckLength(JsonSerializer.Serialize(document, kind.Json), $"{key.Kind} '{key.Id}'"), indexes));
        return this;
    }

    public CommitBatch Delete<T>(DocumentKind<T> kind, string id, long expected)
    {
        _deletes.Add(new DocumentCheck(Written(kind.Name, id), expected));
        return this;
    }

    /// <summary>Fails the batch unless the document is at this version; 0 = must not exist.</summary>
    public CommitBatch Expect<T>(DocumentKind<T> kind, string id, long expected)
    {
        CheckRoom();
        _checks.Add(new DocumentCheck(new DocumentKey(Partition, kind.Name, id), expected));
        return this;
    }

    /// <summary>Sends the message once the batch is committed: at least once, in order per partition as far as the broker goes. The type must be in <see cref="KontenaJson"/>.</summary>
    public CommitBatch Send<T>(Destination destination, T message)
        where T : class
    {
        var json = KontenaJson.Default.GetTypeInfo(typeof(T))
            ?? throw new ArgumentException($"{typeof(T).FullName} is not listed in KontenaJson", nameof(message));
        CheckRoom();
        _messages.Add(new OutgoingMessage(
            destination, typeof(T).FullName!, CheckLength(JsonSerializer.Serialize(message, json), typeof(T).Name)));
        return this;
    }

    private DocumentKey Written(string kind, string id)
    {
        CheckRoom();
        CheckId(id, $"the id of a {kind}");
        var key = new DocumentKey(Partition, kind, id);
        if (!_written.Add(key))
            throw new ArgumentException($"{kind} '{id}' is put or deleted twice in one batch: say it once, with its final content", nameof(id));
        return key;
    }

    private void CheckRoom()
    {
        if (Room <= 0)
            throw new InvalidOperationException($"a batch holds at most {MaxOperations} puts, deletes, checks and messages: split it");
    }

    // Control characters separate the parts of index entries in the stores.
    private static void CheckId(string text, string what)
    {
        if (text.Length is 0 or > MaxIdLength || text.Any(char.IsControl))
            throw new ArgumentException($"{what} must have 1 to {MaxIdLength} characters and no control characters", nameof(text));
    }

    private static string CheckLength(string json, string what) =>
        json.Length <= MaxJsonLength
            ? json
            : throw new ArgumentException($"{what} has {json.Length} characters of JSON, the limit is {MaxJsonLength}", nameof(json));
}

public sealed record DocumentPut(DocumentKey Key, long Expected, string Json, IReadOnlyList<IndexValue> Indexes);

public sealed record DocumentCheck(DocumentKey Key, long Expected);

public sealed record OutgoingMessage(Destination Destination, string Type, string Body);
