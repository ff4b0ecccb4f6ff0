using Microsoft.Data.Sqlite;

namespace Kontena.LogCollector.Storage.Sqlite;

/// <summary>The tables of a segment file and how connections to it are set up.</summary>
internal static class SegmentSchema
{
    // A commit survives kill -9 of the process; a power cut may take the last moments, which is the price of the speed (law 8: logs never delay orders).
    private const string Tables = """
        PRAGMA journal_mode=WAL;
        PRAGMA synchronous=NORMAL;
        PRAGMA journal_size_limit=67108864;
        CREATE TABLE IF NOT EXISTS source(
            id INTEGER PRIMARY KEY, grid TEXT NOT NULL, node TEXT NOT NULL, stack TEXT NOT NULL, service TEXT NOT NULL,
            instance INTEGER NOT NULL, instance_id TEXT NOT NULL, container_name TEXT NOT NULL, container_id TEXT NOT NULL);
        CREATE TABLE IF NOT EXISTS line(
            id INTEGER PRIMARY KEY, at INTEGER NOT NULL, source INTEGER NOT NULL, stderr INTEGER NOT NULL, text TEXT NOT NULL);
        CREATE INDEX IF NOT EXISTS line_of ON line(source, id);
        CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5(text, content='line', content_rowid='id');
        CREATE TABLE IF NOT EXISTS batch(key BLOB PRIMARY KEY) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS arrival(first_line INTEGER PRIMARY KEY, at INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS measurement(
            grid TEXT NOT NULL, node TEXT NOT NULL, at INTEGER NOT NULL, json TEXT NOT NULL, PRIMARY KEY(grid, node, at)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS measured_service(
            grid TEXT NOT NULL, stack TEXT NOT NULL, service TEXT NOT NULL, node TEXT NOT NULL, at INTEGER NOT NULL,
            PRIMARY KEY(grid, stack, service, node, at)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS latest(grid TEXT NOT NULL, node TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY(grid, node)) WITHOUT ROWID;
        """;

    public static SqliteConnection OpenWriter(string file)
    {
        var connection = Open(file, SqliteOpenMode.ReadWriteCreate, pooling: false);
        try
        {
            Execute(connection, Tables);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>From a pool; <see cref="Forget"/> empties it.</summary>
    public static SqliteConnection OpenReader(string file) => Open(file, SqliteOpenMode.ReadWrite, pooling: true);

    /// <summary>Closes what the pool holds of the file, so that it can be removed.</summary>
    public static void Forget(string file)
    {
        using var connection = new SqliteConnection(Settings(file, SqliteOpenMode.ReadWrite, pooling: true));
        SqliteConnection.ClearPool(connection);
    }

    /// <summary>Nothing is added to the segment any more, by any process: another, later one is written. No commit is under way when this returns.</summary>
    public static void Seal(string file)
    {
        using var connection = Open(file, SqliteOpenMode.ReadWrite, pooling: false);
        using var transaction = connection.BeginTransaction();
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "PRAGMA user_version=1";
        command.ExecuteNonQuery();
        transaction.Commit();
    }

    public static bool IsSealed(string file)
    {
        using var connection = Open(file, SqliteOpenMode.ReadWrite, pooling: false);
        return IsSealed(connection, null);
    }

    public static bool IsSealed(SqliteConnection connection, SqliteTransaction? transaction) =>
        Number(connection, transaction, "PRAGMA user_version") != 0;

    /// <summary>Another number than before: another connection has committed in between.</summary>
    public static long DataVersion(SqliteConnection connection, SqliteTransaction? transaction) =>
        Number(connection, transaction, "PRAGMA data_version");

    private static long Number(SqliteConnection connection, SqliteTransaction? transaction, string sql)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }

    /// <summary>Ends what the connection reads: a scan that finds nothing gives no row at which to stop.</summary>
    public static CancellationTokenRegistration InterruptOn(SqliteConnection connection, CancellationToken cancellationToken) =>
        cancellationToken.Register(() => SQLitePCL.raw.sqlite3_interrupt(connection.Handle));

    /// <summary>The file can't be written, whatever it is that is to be written.</summary>
    public static bool IsOfTheDisk(Exception exception) => exception is SqliteException or IOException or UnauthorizedAccessException;

    public static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static SqliteConnection Open(string file, SqliteOpenMode mode, bool pooling)
    {
        var connection = new SqliteConnection(Settings(file, mode, pooling));
        connection.Open();
        return connection;
    }

    private static string Settings(string file, SqliteOpenMode mode, bool pooling) =>
        new SqliteConnectionStringBuilder { DataSource = file, Mode = mode, Pooling = pooling, DefaultTimeout = 5 }.ToString();
}
