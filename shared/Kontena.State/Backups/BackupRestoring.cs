using System.Text.Json;
using Kontena.Contracts.Deploys;
using Kontena.State.Documents;

namespace Kontena.State.Backups;

/// <summary>Puts a backup's documents into a store. The services are not running meanwhile; containers and agents may.</summary>
public static class BackupRestoring
{
    /// <summary>Documents per commit.</summary>
    private const int PerBatch = 500;

    /// <param name="store">Where to.</param>
    /// <param name="backup">Read and checked.</param>
    /// <param name="replace">What the store has is taken out first; else a store that has grids is refused.</param>
    /// <param name="cancellationToken">Between two commits; the restore is then unfinished and can be repeated with <paramref name="replace"/>.</param>
    /// <exception cref="BackupException">The store is not empty, or a document is of a kind or form this program does not know. Nothing was changed.</exception>
    /// <exception cref="StateUnavailableException">The store can't be reached; the restore can be repeated with <paramref name="replace"/>.</exception>
    public static async Task RestoreAsync(IStateStore store, Backup backup, bool replace, CancellationToken cancellationToken)
    {
        var batches = Batches(backup);
        var present = await store.ListAsync(StateKeys.Grid, StateKeys.System, cancellationToken);
        if (present.Count > 0 && !replace)
        {
            throw new BackupException(
                $"the store already has {Count(present.Count, "grid")} ({string.Join(", ", present.Select(grid => grid.Value.Name).Take(5))}): "
                + "restore into an empty one, or give --replace to take out what is there");
        }

        foreach (var grid in present)
            await ClearAsync(store, grid.Value.Name, cancellationToken);
        if (present.Count > 0)
            await ClearAsync(store, StateKeys.System, cancellationToken);
        foreach (var batch in batches)
            await store.CommitAsync(batch, cancellationToken);
    }

    // Made, and so checked, before the first is committed.
    private static List<CommitBatch> Batches(Backup backup)
    {
        var kinds = StateKeys.Kept.ToDictionary(kind => kind.Name, StringComparer.Ordinal);
        var batches = new List<CommitBatch>();
        foreach (var partition in backup.Documents.GroupBy(one => one.Partition, StringComparer.Ordinal).OrderBy(one => one.Key == StateKeys.System))
        {
            foreach (var chunk in partition.Chunk(PerBatch))
            {
                var batch = new CommitBatch(partition.Key);
                foreach (var document in chunk)
                {
                    if (!kinds.TryGetValue(document.Kind, out var kind))
                        throw new BackupException($"it holds a document of kind '{document.Kind}', which this program does not know: restore it with the Kontena that wrote it");
                    try
                    {
                        kind.PutJson(batch, document.Json);
                    }
                    catch (Exception exception) when (exception is JsonException or ArgumentException)
                    {
                        throw new BackupException($"its {document.Kind} '{document.Id}' of '{document.Partition}' can't be read: {exception.Message}");
                    }
                }

                batches.Add(batch);
            }
        }

        return batches;
    }

    private static async Task ClearAsync(IStateStore store, string partition, CancellationToken cancellationToken)
    {
        // A scheduler that still runs somewhere can't commit from here on.
        var taken = new SchedulerEpoch { Holder = "restore", TakenAt = DateTimeOffset.UnixEpoch };
        if (partition != StateKeys.System)
            await store.CommitAsync(new CommitBatch(partition).Put(StateKeys.SchedulerEpoch, taken, CommitBatch.AnyVersion), cancellationToken);
        // Orders on their way belong to what is taken out.
        while (await store.PendingAsync(partition, 1000, cancellationToken) is { Count: > 0 } pending)
            await store.ForgetAsync(partition, [.. pending.Select(entry => entry.Id)], cancellationToken);
        foreach (var kind in StateKeys.Kept)
        {
            var documents = await store.ListAsync(partition, kind.Name, null, cancellationToken);
            foreach (var chunk in documents.Chunk(PerBatch))
            {
                var batch = new CommitBatch(partition);
                foreach (var document in chunk)
                    kind.Delete(batch, document.Key.Id);
                await store.CommitAsync(batch, cancellationToken);
            }
        }
    }

    private static string Count(int count, string noun) => count == 1 ? $"1 {noun}" : $"{count} {noun}s";
}
