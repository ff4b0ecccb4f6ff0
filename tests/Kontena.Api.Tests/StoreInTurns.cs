using Kontena.State;

namespace Kontena.Api.Tests;

/// <summary>A store whose only document is what the test says this moment.</summary>
internal sealed class StoreInTurns : IStateStore
{
    public Func<string?> Answer { get; set; } = () => null;

    public Task<StoredDocument?> GetAsync(DocumentKey key, CancellationToken cancellationToken) =>
        Task.FromResult(Answer() is { } json ? new StoredDocument(key, 1, json) : null);

    public Task<IReadOnlyList<StoredDocument>> ListAsync(string partition, string kind, IndexValue? index, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<string> MarkAsync(string partition, IReadOnlyList<string> kinds, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task CommitAsync(CommitBatch batch, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IReadOnlyList<OutboxEntry>> PendingAsync(string partition, int limit, CancellationToken cancellationToken, string? after = null) =>
        throw new NotSupportedException();

    public Task<IReadOnlyList<string>> PartitionsWithPendingAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task ForgetAsync(string partition, IReadOnlyList<string> entryIds, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task PingAsync(CancellationToken cancellationToken) => throw new NotSupportedException();
}
