namespace Kontena.State.Backups;

/// <summary>Everything the platform knows, at one moment: what a backup file holds.</summary>
public sealed record Backup
{
    public required BackupHeader Header { get; init; }

    /// <summary>Files beside the store that clients and agents depend on: name and content, e.g. <c>admin.token</c>.</summary>
    public IReadOnlyList<KeptFile> Files { get; init; } = [];

    /// <summary>The partition <see cref="StateKeys.System"/> last: a grid that shows in the list of grids is complete.</summary>
    public required IReadOnlyList<KeptDocument> Documents { get; init; }
}

/// <param name="Format">Of the file; see <see cref="BackupFile"/>.</param>
/// <param name="TakenAt">By the clock of the machine that took it.</param>
/// <param name="Settled">Two readings in a row agreed. False: it was taken while deploys were being decided; that heals after a restore.</param>
public sealed record BackupHeader(int Format, DateTimeOffset TakenAt, bool Settled);

/// <param name="Json">The document's text as it was stored.</param>
public sealed record KeptDocument(string Partition, string Kind, string Id, string Json);

public sealed record KeptFile(string Name, string Content);

/// <summary>A backup that can't be used, and why. Nothing was changed.</summary>
public sealed class BackupException(string message) : Exception(message);
