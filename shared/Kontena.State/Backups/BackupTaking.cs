using Kontena.State.Documents;

namespace Kontena.State.Backups;

/// <summary>Reads everything out of a store while the services go on working.</summary>
public static class BackupTaking
{
    /// <summary>Readings of one grid that are compared before the last is taken as it is.</summary>
    private const int Readings = 10;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>Reports of nodes change all the time and are said again after a restore: they need not agree with the rest.</summary>
    private static readonly HashSet<string> Reports =
        new([StateKeys.Observed.Name, StateKeys.NodeLiveness.Name], StringComparer.Ordinal);

    /// <exception cref="StateUnavailableException">The store can't be reached.</exception>
    public static async Task<Backup> TakeAsync(
        IStateStore store, IReadOnlyList<KeptFile> files, TimeProvider time, CancellationToken cancellationToken)
    {
        var settled = true;
        var documents = new List<StoredDocument>();
        var grids = await store.ListAsync(StateKeys.Grid, StateKeys.System, cancellationToken);
        foreach (var partition in grids.Select(grid => grid.Value.Name).Append(StateKeys.System))
        {
            var (read, agreed) = await ReadSettledAsync(store, partition, time, cancellationToken);
            documents.AddRange(read);
            settled &= agreed;
        }

        return new Backup
        {
            Header = new BackupHeader(BackupFile.Format, time.GetUtcNow(), settled),
            Files = files,
            Documents = [.. documents.Select(one => new KeptDocument(one.Key.Partition, one.Key.Kind, one.Key.Id, one.Json))],
        };
    }

    // The store reads one kind at a time. Two readings that agree prove that nothing was committed between the first's end and the second's begin.
    private static async Task<(List<StoredDocument> Documents, bool Agreed)> ReadSettledAsync(
        IStateStore store, string partition, TimeProvider time, CancellationToken cancellationToken)
    {
        var before = await ReadAsync(store, partition, cancellationToken);
        for (var reading = 1; reading < Readings; reading++)
        {
            var again = await ReadAsync(store, partition, cancellationToken);
            if (Decided(before).SequenceEqual(Decided(again)))
                return (again, true);
            before = again;
            await Task.Delay(Pause, time, cancellationToken);
        }

        return (before, false);
    }

    private static async Task<List<StoredDocument>> ReadAsync(IStateStore store, string partition, CancellationToken cancellationToken)
    {
        var all = new List<StoredDocument>();
        foreach (var kind in StateKeys.Kept)
            all.AddRange(await store.ListAsync(partition, kind.Name, null, cancellationToken));
        return all;
    }

    private static IEnumerable<(DocumentKey Key, long Version)> Decided(IEnumerable<StoredDocument> documents) =>
        documents.Where(one => !Reports.Contains(one.Key.Kind)).Select(one => (one.Key, one.Version));
}
