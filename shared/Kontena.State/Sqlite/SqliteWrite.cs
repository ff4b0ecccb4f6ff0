namespace Kontena.State.Sqlite;

/// <summary>Something the writer thread is asked to do; done when <see cref="Done"/> is.</summary>
internal sealed record SqliteWrite(CommitBatch? Batch, string Partition, IReadOnlyList<string> ForgottenEntries)
{
    public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>What a commit promised must survive a power cut; a forgotten message that comes back is only sent twice.</summary>
    public bool MustBeDurable => Batch is not null;

    public static SqliteWrite Commit(CommitBatch batch) => new(batch, batch.Partition, []);

    public static SqliteWrite Forget(string partition, IReadOnlyList<string> entries) => new(null, partition, entries);
}
