namespace Kontena.State;

/// <summary>Documents with versions, committed all or nothing together with the messages that announce them (design §5).</summary>
public interface IStateStore
{
    /// <summary>The document, or null.</summary>
    Task<StoredDocument?> GetAsync(DocumentKey key, CancellationToken cancellationToken);

    /// <summary>All documents of a kind in a partition, or those under one index value; ordered by id (ordinal).</summary>
    Task<IReadOnlyList<StoredDocument>> ListAsync(string partition, string kind, IndexValue? index, CancellationToken cancellationToken);

    /// <summary>A text that is another one once a document of these kinds was put or deleted in the partition: what was read after it was asked for is as good as long as it is the same.</summary>
    /// <remarks>A Kontena that is older than this call changes documents without changing the text.</remarks>
    /// <param name="partition">Of the documents.</param>
    /// <param name="kinds">Their names, at least one.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<string> MarkAsync(string partition, IReadOnlyList<string> kinds, CancellationToken cancellationToken);

    /// <summary>Applies the whole batch, or nothing. Durable when it returns.</summary>
    /// <exception cref="StateConflictException">A document's version was not the expected one; names the key.</exception>
    /// <exception cref="StateUnavailableException">The store can't be reached; it is unknown whether the batch was applied.</exception>
    Task CommitAsync(CommitBatch batch, CancellationToken cancellationToken);

    /// <summary>Up to <paramref name="limit"/> committed messages of a partition that were not yet forgotten, oldest first.</summary>
    /// <param name="partition">Whose messages.</param>
    /// <param name="limit">1 to 1000.</param>
    /// <param name="after">Leaves out this entry id and all before it; null: from the oldest.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    Task<IReadOnlyList<OutboxEntry>> PendingAsync(string partition, int limit, CancellationToken cancellationToken, string? after = null);

    /// <summary>The partitions that have messages waiting.</summary>
    Task<IReadOnlyList<string>> PartitionsWithPendingAsync(CancellationToken cancellationToken);

    /// <summary>Forgets messages after they were published.</summary>
    Task ForgetAsync(string partition, IReadOnlyList<string> entryIds, CancellationToken cancellationToken);

    /// <summary>Throws <see cref="StateUnavailableException"/> when the store can't be reached.</summary>
    Task PingAsync(CancellationToken cancellationToken);
}

/// <summary>Where a document is. Everything in one batch shares the partition: the grid's name, or <see cref="StateKeys.System"/>.</summary>
public sealed record DocumentKey(string Partition, string Kind, string Id);

/// <summary>A document as stored. <see cref="Version"/> starts at 1 and grows with each put.</summary>
public sealed record StoredDocument(DocumentKey Key, long Version, string Json);

/// <summary>One value of a secondary index, e.g. <c>("service", "web/api")</c>.</summary>
public sealed record IndexValue(string Name, string Value);

/// <summary>A committed message on its way to the broker.</summary>
/// <param name="Id">Sorts in commit order within its partition.</param>
/// <param name="Type">Full name of a type in Kontena.Contracts.</param>
/// <param name="Body">JSON by KontenaJson.</param>
/// <param name="Origin">The store instance that committed it: its process relays it at once, others only when it was left lying.</param>
public sealed record OutboxEntry(string Id, string DestinationJson, string Type, string Body, string? Origin = null);

/// <summary>Somebody else changed a document first: read again and decide again.</summary>
public sealed class StateConflictException(DocumentKey key, long expected)
    : Exception($"{key.Kind} '{key.Id}' in '{key.Partition}' is no longer at version {expected}")
{
    public DocumentKey Key { get; } = key;

    public long Expected { get; } = expected;
}

/// <summary>The store can't be reached. Worth trying again.</summary>
public sealed class StateUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
