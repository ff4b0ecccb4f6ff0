namespace Kontena.State.Outbox;

/// <summary>A store that wakes the relay after each commit with messages.</summary>
internal sealed class SignallingStateStore(IStateStore inner, OutboxSignal signal) : IStateStore, IDisposable
{
    public Task<StoredDocument?> GetAsync(DocumentKey key, CancellationToken cancellationToken) =>
        inner.GetAsync(key, cancellationToken);

    public Task<IReadOnlyList<StoredDocument>> ListAsync(
        string partition, string kind, IndexValue? index, CancellationToken cancellationToken) =>
        inner.ListAsync(partition, kind, index, cancellationToken);

    public Task<string> MarkAsync(string partition, IReadOnlyList<string> kinds, CancellationToken cancellationToken) =>
        inner.MarkAsync(partition, kinds, cancellationToken);

    public async Task CommitAsync(CommitBatch batch, CancellationToken cancellationToken)
    {
        await inner.CommitAsync(batch, cancellationToken);
        if (batch.Messages.Count > 0)
            signal.Raise(batch.Partition);
    }

    public Task<IReadOnlyList<OutboxEntry>> PendingAsync(
        string partition, int limit, CancellationToken cancellationToken, string? after = null) =>
        inner.PendingAsync(partition, limit, cancellationToken, after);

    public Task<IReadOnlyList<string>> PartitionsWithPendingAsync(CancellationToken cancellationToken) =>
        inner.PartitionsWithPendingAsync(cancellationToken);

    public Task ForgetAsync(string partition, IReadOnlyList<string> entryIds, CancellationToken cancellationToken) =>
        inner.ForgetAsync(partition, entryIds, cancellationToken);

    public Task PingAsync(CancellationToken cancellationToken) => inner.PingAsync(cancellationToken);

    public void Dispose() => (inner as IDisposable)?.Dispose();
}
