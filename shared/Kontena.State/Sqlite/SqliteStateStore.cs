using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace Kontena.State.Sqlite;

/// <summary>The embedded store: one file in WAL mode, every commit on disk before it is answered.</summary>
/// <remarks>Reads run on the caller's thread: they take microseconds and see the last finished commit.</remarks>
internal sealed class SqliteStateStore(string file, string origin) : IStateStore, IDisposable
{
    /// <summary>Reading connections; further readers wait for one.</summary>
    private const int Readers = 8;

    private const int MaxPending = 1000;

    private readonly SqliteWriteQueue _writes = new(file, origin);
    private readonly SemaphoreSlim _free = new(Readers);
    private readonly ConcurrentBag<SqliteReader> _idle = [];
    private volatile bool _fileExists;
    private volatile bool _closed;

    public Task<StoredDocument?> GetAsync(DocumentKey key, CancellationToken cancellationToken) =>
        ReadAsync(reader => reader.Get(key), cancellationToken);

    public Task<IReadOnlyList<StoredDocument>> ListAsync(
        string partition, string kind, IndexValue? index, CancellationToken cancellationToken) =>
        ReadAsync(reader => IdOrder.Sort(reader.List(partition, kind, index)), cancellationToken);

    public Task<string> MarkAsync(string partition, IReadOnlyList<string> kinds, CancellationToken cancellationToken) =>
        ReadAsync(reader => reader.Mark(partition, kinds), cancellationToken);

    public Task CommitAsync(CommitBatch batch, CancellationToken cancellationToken) =>
        batch.IsEmpty && batch.Checks.Count == 0
            ? Task.CompletedTask
            : _writes.RunAsync(SqliteWrite.Commit(batch), cancellationToken);

    public Task<IReadOnlyList<OutboxEntry>> PendingAsync(
        string partition, int limit, CancellationToken cancellationToken, string? after = null) =>
        ReadAsync<IReadOnlyList<OutboxEntry>>(
            reader => reader.Pending(partition, OutboxSequence.FromId(after), Math.Clamp(limit, 1, MaxPending)), cancellationToken);

    public Task<IReadOnlyList<string>> PartitionsWithPendingAsync(CancellationToken cancellationToken) =>
        ReadAsync<IReadOnlyList<string>>(reader => reader.PartitionsWithPending(), cancellationToken);

    public Task ForgetAsync(string partition, IReadOnlyList<string> entryIds, CancellationToken cancellationToken) =>
        entryIds.Count == 0 ? Task.CompletedTask : _writes.RunAsync(SqliteWrite.Forget(partition, entryIds), cancellationToken);

    public async Task PingAsync(CancellationToken cancellationToken) =>
        await ReadAsync<object?>(
            reader =>
            {
                reader.Ping();
                return null;
            },
            cancellationToken);

    public void Dispose()
    {
        _closed = true;
        _writes.Dispose();
        CloseIdle();
    }

    private void CloseIdle()
    {
        while (_idle.TryTake(out var reader))
            reader.Dispose();
    }

    private async Task<T> ReadAsync<T>(Func<SqliteReader, T> read, CancellationToken cancellationToken)
    {
        if (_closed)
            throw new StateUnavailableException("the state store is closed: this process is stopping");
        if (!_fileExists)
        {
            // The writer makes the file; an empty forget is the cheapest way to ask for it.
            await _writes.RunAsync(SqliteWrite.Forget("", []), cancellationToken);
            _fileExists = true;
        }

        await _free.WaitAsync(cancellationToken);
        SqliteReader? reader = null;
        try
        {
            if (!_idle.TryTake(out reader))
                reader = new SqliteReader(SqliteSchema.OpenReader(file));
            var result = read(reader);
            _idle.Add(reader);
            // Closed while this was reading: the last one out turns off the light.
            if (_closed)
                CloseIdle();
            return result;
        }
        catch (Exception failure) when (failure is SqliteException or IOException or UnauthorizedAccessException)
        {
            reader?.Dispose();
            _fileExists = false;
            throw SqliteFailure.Explain(file, "nothing was read", failure);
        }
        finally
        {
            _free.Release();
        }
    }
}
