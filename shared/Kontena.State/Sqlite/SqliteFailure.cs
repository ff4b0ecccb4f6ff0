using Microsoft.Data.Sqlite;

namespace Kontena.State.Sqlite;

/// <summary>SQLite's error codes as a sentence with a remedy.</summary>
internal static class SqliteFailure
{
    public static StateUnavailableException Explain(string file, string outcome, Exception failure) =>
        failure as StateUnavailableException
        ?? new StateUnavailableException($"state file {file}: {Cause(failure)}; {outcome}", failure);

    private static string Cause(Exception failure) => failure switch
    {
        SqliteException { SqliteErrorCode: 5 or 6 } => "another process kept it locked for over three seconds; only one Kontena may use it",
        SqliteException { SqliteErrorCode: 8 } => "it is read-only; give this user the right to write it and its directory",
        SqliteException { SqliteErrorCode: 10 } => "the disk failed to read or write; look at the kernel's log",
        SqliteException { SqliteErrorCode: 11 or 26 } => "its content is damaged; stop Kontena and put back a backup",
        SqliteException { SqliteErrorCode: 13 } => "the disk is full; make room",
        SqliteException { SqliteErrorCode: 14 } or UnauthorizedAccessException or IOException =>
            $"it can't be opened ({failure.Message}); check Kontena:DataDirectory and its rights",
        _ => failure.Message,
    };
}
