using System.Text.Json;
using Kontena.Contracts;
using Kontena.Contracts.Messaging;
using Kontena.State.Documents;

namespace Kontena.State;

/// <summary>Changes that belong together: puts, deletes, version checks and messages, all in one partition.</summary>
public sealed class CommitBatch(string partition)
{
    /// <summary>A put or delete that does not care what was there.</summary>
    public const long AnyVersion = -1;

    private readonly List<DocumentPut> _puts = [];
    private readonly List<DocumentCheck> _deletes = [];
    private readonly List<DocumentCheck> _checks = [];
    private readonly List<OutgoingMessage> _messages = [];

    public string Partition { get; } = partition;

    public IReadOnlyList<DocumentPut> Puts => _puts;

    public IReadOnlyList<DocumentCheck> Deletes => _deletes;

    public IReadOnlyList<DocumentCheck> Checks => _checks;

    public IReadOnlyList<OutgoingMessage> Messages => _messages;

    public bool IsEmpty => _puts.Count + _deletes.Count + _messages.Count == 0;

    /// <summary>Stores the document as version <paramref name="expected"/> + 1. 0 = must not exist; <see cref="AnyVersion"/> = whatever is there.</summary>
    public CommitBatch Put<T>(DocumentKind<T> kind, T document, long expected)
    {
        _puts.Add(new DocumentPut(
            new DocumentKey(Partition, kind.Name, kind.IdOf(document)),
            expected,
            JsonSerializer.Serialize(document, kind.Json),
            kind.IndexesOf(document)));
        return this;
    }

    public CommitBatch Delete<T>(DocumentKind<T> kind, string id, long expected)
    {
        _deletes.Add(new DocumentCheck(new DocumentKey(Partition, kind.Name, id), expected));
        return this;
    }

    /// <summary>Fails the batch unless the document is at this version; 0 = must not exist.</summary>
    public CommitBatch Expect<T>(DocumentKind<T> kind, string id, long expected)
    {
        _checks.Add(new DocumentCheck(new DocumentKey(Partition, kind.Name, id), expected));
        return this;
    }

    /// <summary>Sends the message once the batch is committed: at least once, in order per partition as far as the broker goes. The type must be in <see cref="KontenaJson"/>.</summary>
    public CommitBatch Send<T>(Destination destination, T message)
        where T : class
    {
        var json = KontenaJson.Default.GetTypeInfo(typeof(T))
            ?? throw new ArgumentException($"{typeof(T).FullName} is not listed in KontenaJson", nameof(message));
        _messages.Add(new OutgoingMessage(destination, typeof(T).FullName!, JsonSerializer.Serialize(message, json)));
        return this;
    }
}

public sealed record DocumentPut(DocumentKey Key, long Expected, string Json, IReadOnlyList<IndexValue> Indexes);

public sealed record DocumentCheck(DocumentKey Key, long Expected);

public sealed record OutgoingMessage(Destination Destination, string Type, string Body);
