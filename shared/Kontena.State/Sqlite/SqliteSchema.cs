using Microsoft.Data.Sqlite;

namespace Kontena.State.Sqlite;

/// <summary>The file's tables and how a connection to it is set up.</summary>
internal static class SqliteSchema
{
    /// <summary>Kept in <c>user_version</c>; a file with a greater one was written by a newer Kontena and is left alone.</summary>
    private const long Version = 1;

    // Id order within a list is byte order of UTF-8, hence the default collation.
    private const string Tables = """
        CREATE TABLE IF NOT EXISTS document(
            partition TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL,
            version INTEGER NOT NULL, json TEXT NOT NULL,
            PRIMARY KEY(partition, kind, id));
        CREATE TABLE IF NOT EXISTS document_index(
            partition TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL, id TEXT NOT NULL,
            PRIMARY KEY(partition, kind, name, value, id)) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS document_index_of ON document_index(partition, kind, id);
        CREATE TABLE IF NOT EXISTS outbox(
            seq INTEGER PRIMARY KEY AUTOINCREMENT,
            partition TEXT NOT NULL, destination TEXT NOT NULL, type TEXT NOT NULL, body TEXT NOT NULL, origin TEXT NOT NULL);
        CREATE INDEX IF NOT EXISTS outbox_of ON outbox(partition, seq);
        """;

    // Added to files of the same format: an older Kontena leaves it alone, and what it says counts for one process's life only.
    private const string Changes = """
        CREATE TABLE IF NOT EXISTS change(
            partition TEXT NOT NULL, kind TEXT NOT NULL, mark BLOB NOT NULL,
            PRIMARY KEY(partition, kind)) WITHOUT ROWID;
        """;

    /// <summary>The only connection that writes, with the tables in place.</summary>
    public static SqliteConnection OpenWriter(string file)
    {
        if (Path.GetDirectoryName(file) is { Length: > 0 } directory)
            Directory.CreateDirectory(directory);
        CreateForOwnerOnly(file);
        var connection = Open(file, SqliteOpenMode.ReadWriteCreate);
        try
        {
            Execute(connection, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA journal_size_limit=67108864;");
            CreateTables(connection);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>A connection that can't write; fails while the file does not exist.</summary>
    public static SqliteConnection OpenReader(string file)
    {
        var connection = Open(file, SqliteOpenMode.ReadWrite);
        Execute(connection, "PRAGMA query_only=1;");
        return connection;
    }

    private static SqliteConnection Open(string file, SqliteOpenMode mode)
    {
        // Own pooling: prepared statements live as long as their connection.
        var settings = new SqliteConnectionStringBuilder { DataSource = file, Mode = mode, Pooling = false, DefaultTimeout = 1 };
        var connection = new SqliteConnection(settings.ToString());
        try
        {
            connection.Open();
            // Only another process on the same file can hold the write lock.
            Execute(connection, "PRAGMA busy_timeout=3000;");
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static void CreateTables(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA user_version;";
        var found = (long)(command.ExecuteScalar() ?? 0L);
        if (found > Version)
        {
            throw new StateUnavailableException(
                $"the state file has format {found}, this program knows up to {Version}: run the newer Kontena that wrote it");
        }

        if (found < Version)
            Execute(connection, $"BEGIN IMMEDIATE; {Tables} PRAGMA user_version={Version}; COMMIT;");
        Execute(connection, Changes);
    }

    // Documents hold tokens and environment values. SQLite gives the files beside it the same rights.
    private static void CreateForOwnerOnly(string file)
    {
        if (OperatingSystem.IsWindows() || File.Exists(file))
            return;
        using var created = new FileStream(file, new FileStreamOptions
        {
            Mode = FileMode.OpenOrCreate,
            Access = FileAccess.Write,
            Share = FileShare.ReadWrite,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
