using Microsoft.Data.Sqlite;

namespace Kontena.LogCollector.Events;

/// <summary>The table of the event log, and how connections to its file are set up.</summary>
internal static class EventLogSchema
{
    // Ids are never given twice, also when the newest row has gone: whoever reads on after an id must not miss what comes. A commit survives kill -9; a power cut may
    // take the last moments, as with lines.
    private const string Tables = """
        PRAGMA journal_mode=WAL;
        PRAGMA synchronous=NORMAL;
        PRAGMA journal_size_limit=16777216;
        CREATE TABLE IF NOT EXISTS event(
            id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, grid TEXT NOT NULL, at INTEGER NOT NULL,
            stack TEXT, service TEXT, node TEXT, json TEXT NOT NULL);
        CREATE INDEX IF NOT EXISTS event_of_grid ON event(grid, id);
        CREATE INDEX IF NOT EXISTS event_of_stack ON event(grid, stack, id);
        """;

    /// <exception cref="SqliteException">11 or 26: the file is damaged.</exception>
    public static SqliteConnection Open(string file)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = file, Mode = SqliteOpenMode.ReadWriteCreate, Pooling = false, DefaultTimeout = 5,
        }.ToString());
        try
        {
            connection.Open();
            Execute(connection, Tables);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
