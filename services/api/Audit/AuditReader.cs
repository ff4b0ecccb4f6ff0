using Kontena.Contracts.Audit;
using Kontena.Core.Audit;
using Kontena.State;
using Kontena.State.Documents;

namespace Kontena.Api.Audit;

/// <summary>Reads the audit log: the newest records of several chains together, and whether a chain is whole.</summary>
internal sealed class AuditReader(IStateStore store)
{
    /// <summary>Records of a chain that are read at a time.</summary>
    private const int AtOnce = 50;

    /// <summary>The newest records of a grid, also what happened to the grid itself; oldest first.</summary>
    public async Task<IReadOnlyList<AuditRecord>> OfGridAsync(string grid, int limit, CancellationToken cancellationToken)
    {
        var about = await store.ListAsync(StateKeys.AuditRecord, StateKeys.System, cancellationToken, new IndexValue("grid", grid));
        // A chain each: only within one does the order in the store say what came first.
        var chains = about.GroupBy(one => one.Value.Writer, one => one.Value, StringComparer.Ordinal).Select(chain => Cursor.Over([.. chain]));
        return await NewestAsync([.. await CursorsAsync(grid, cancellationToken), .. chains], limit, cancellationToken);
    }

    /// <summary>The newest records of all there is, removed grids included; oldest first.</summary>
    public async Task<IReadOnlyList<AuditRecord>> OfAllAsync(int limit, CancellationToken cancellationToken)
    {
        var cursors = new List<Cursor>();
        foreach (var partition in await PartitionsAsync(cancellationToken))
            cursors.AddRange(await CursorsAsync(partition, cancellationToken));
        return await NewestAsync(cursors, limit, cancellationToken);
    }

    /// <summary>The chains of a partition, each with where it is broken.</summary>
    public async Task<IReadOnlyList<(AuditHead Head, AuditBreak? Broken)>> VerifyAsync(string partition, CancellationToken cancellationToken)
    {
        var before = await HeadsAsync(partition, cancellationToken);
        var records = (await store.ListAsync(StateKeys.AuditRecord, partition, cancellationToken)).Select(one => one.Value).ToLookup(record => record.Writer, StringComparer.Ordinal);
        var after = await HeadsAsync(partition, cancellationToken);
        var chains = before.Select(head => (head, Verify(head, after.FirstOrDefault(one => one.Writer == head.Writer) ?? head, records[head.Writer]))).ToList();
        // Records of a chain whose head is gone have nothing that says where they end.
        chains.AddRange(records.Where(chain => after.All(head => head.Writer != chain.Key)).Select(chain => (
            new AuditHead { Writer = chain.Key, Sequence = 0, Hash = "", First = 0, Anchor = "" },
            (AuditBreak?)new AuditBreak(AuditRecord.DocumentId(chain.Key, chain.First().Sequence), "has no chain: what says where it begins and ends was removed"))));
        return chains;
    }

    /// <summary>A chain that goes on while it is read: its oldest are let go and new ones come, and nobody has removed or added those.</summary>
    /// <param name="before">Its head before the records were read: up to there all were to be found.</param>
    /// <param name="after">Its head afterwards: from there on all were to be found, and nothing beyond.</param>
    internal static AuditBreak? Verify(AuditHead before, AuditHead after, IEnumerable<AuditRecord> records) => after.First > before.Sequence && after.Sequence >= after.First
        ? null
        : AuditChain.Verify(
            before with { First = after.First, Anchor = after.Anchor },
            [
                .. records.Where(record => record.Sequence < before.First || record.Sequence >= after.First)
                    .Where(record => record.Sequence <= before.Sequence || record.Sequence > after.Sequence),
            ]);

    /// <summary>What belongs to no grid, the grids, and those that were.</summary>
    public async Task<IReadOnlyList<string>> PartitionsAsync(CancellationToken cancellationToken)
    {
        var grids = await store.ListAsync(StateKeys.Grid, StateKeys.System, cancellationToken);
        var removed = await store.ListAsync(StateKeys.AuditRecord, StateKeys.System, cancellationToken, StateKeys.GridRemoved);
        return [StateKeys.System, .. grids.Select(one => one.Value.Name).Concat(removed.Select(one => one.Value.Grid).OfType<string>()).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    private async Task<IReadOnlyList<AuditHead>> HeadsAsync(string partition, CancellationToken cancellationToken) =>
        [.. (await store.ListAsync(StateKeys.AuditHead, partition, cancellationToken)).Select(one => one.Value)];

    private async Task<IEnumerable<Cursor>> CursorsAsync(string partition, CancellationToken cancellationToken) =>
        (await HeadsAsync(partition, cancellationToken)).Select(head => new Cursor(partition, head));

    private async Task<IReadOnlyList<AuditRecord>> NewestAsync(IReadOnlyList<Cursor> cursors, int limit, CancellationToken cancellationToken)
    {
        var newest = new List<AuditRecord>(Math.Min(limit, 512));
        var heads = new PriorityQueue<(Cursor Cursor, AuditRecord Record), long>();
        foreach (var cursor in cursors)
            await AdvanceAsync(cursor);
        while (newest.Count < limit && heads.TryDequeue(out var next, out _))
        {
            newest.Add(next.Record);
            await AdvanceAsync(next.Cursor);
        }

        newest.Reverse();
        return newest;

        async Task AdvanceAsync(Cursor cursor)
        {
            if (await cursor.NextAsync(store, cancellationToken) is { } record)
                heads.Enqueue((cursor, record), -record.At.UtcTicks);
        }
    }

    /// <summary>Goes through a chain from its newest record to its oldest.</summary>
    private sealed class Cursor(string partition, AuditHead head)
    {
        private readonly Queue<AuditRecord> _read = new();
        private long _next = head.Sequence;

        /// <summary>Over what was read already, oldest first.</summary>
        public static Cursor Over(IReadOnlyList<AuditRecord> records)
        {
            var cursor = new Cursor("", new AuditHead { Writer = "", Sequence = 0, Hash = "", First = 1, Anchor = "" });
            foreach (var record in records.Reverse())
                cursor._read.Enqueue(record);
            return cursor;
        }

        public async Task<AuditRecord?> NextAsync(IStateStore store, CancellationToken cancellationToken)
        {
            while (_read.Count == 0 && _next >= head.First)
            {
                var last = Math.Max(head.First, _next - AtOnce + 1);
                var reads = new List<Task<Versioned<AuditRecord>?>>();
                for (var sequence = _next; sequence >= last; sequence--)
                    reads.Add(store.GetAsync(StateKeys.AuditRecord, partition, AuditRecord.DocumentId(head.Writer, sequence), cancellationToken));
                _next = last - 1;
                // One that is missing was just let go, or is for the verification to tell.
                foreach (var found in (await Task.WhenAll(reads)).OfType<Versioned<AuditRecord>>())
                    _read.Enqueue(found.Value);
            }

            return _read.TryDequeue(out var record) ? record : null;
        }
    }
}
