using System.Globalization;
using System.Text.Json;
using Kontena.Contracts;
using Kontena.State.Tests.Contract;

namespace Kontena.State.Tests.Outbox;

/// <summary>An outbox in memory that tells when it is read and lets a test act in the middle of a reading.</summary>
internal sealed class ScriptedOutbox : IStateStore
{
    private readonly Lock _guard = new();
    private readonly List<OutboxEntry> _entries = [];
    private int _added;
    private int _reads;

    /// <summary>Runs before each page is handed over; its argument is the entry the page starts behind, null for the oldest.</summary>
    public Action<string?> OnRead { get; set; } = _ => { };

    /// <summary>Pages handed over so far.</summary>
    public int Reads => Volatile.Read(ref _reads);

    public void Add(string queue, string fact, string origin)
    {
        lock (_guard)
        {
            _entries.Add(new OutboxEntry(
                (++_added).ToString("D6", CultureInfo.InvariantCulture),
                JsonSerializer.Serialize(Sample.Queue(queue), KontenaJson.Default.Destination),
                typeof(Contracts.Grids.GridFactChanged).FullName!,
                JsonSerializer.Serialize(Sample.Fact(fact), KontenaJson.Default.GridFactChanged),
                origin));
        }
    }

    public Task<IReadOnlyList<OutboxEntry>> PendingAsync(
        string partition, int limit, CancellationToken cancellationToken, string? after = null)
    {
        OnRead(after);
        lock (_guard)
        {
            Interlocked.Increment(ref _reads);
            return Task.FromResult<IReadOnlyList<OutboxEntry>>(
                [.. _entries.Where(entry => string.CompareOrdinal(entry.Id, after) > 0).Take(limit)]);
        }
    }

    public Task ForgetAsync(string partition, IReadOnlyList<string> entryIds, CancellationToken cancellationToken)
    {
        lock (_guard)
            _entries.RemoveAll(entry => entryIds.Contains(entry.Id));
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<string>> PartitionsWithPendingAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<StoredDocument?> GetAsync(DocumentKey key, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<IReadOnlyList<StoredDocument>> ListAsync(
        string partition, string kind, IndexValue? index, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<string> MarkAsync(string partition, IReadOnlyList<string> kinds, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task CommitAsync(CommitBatch batch, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task PingAsync(CancellationToken cancellationToken) => throw new NotSupportedException();
}
