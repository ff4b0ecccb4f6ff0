using System.Text.Json;
using Kontena.Contracts.Events;
using Kontena.LogCollector.Storage;
using Microsoft.Data.Sqlite;

namespace Kontena.LogCollector.Events;

/// <summary>What happened, in one SQLite file that is bounded by number: events are few, and must not go because a container writes much.</summary>
/// <remarks>
/// Several processes of one machine may share the file: SQLite lets one write at a time, so that an id is always greater than all that could be read before. Decision 0050.
/// </remarks>
internal sealed class EventLog(EventLogOptions options, ILogger<EventLog> logger) : IDisposable
{
    /// <summary>A grid may be over its number by so many before the oldest go: looking for them costs more than an event does.</summary>
    internal const int TrimEvery = 100;

    private const int LongestKey = 128;

    private readonly Lock _guard = new();
    private SqliteConnection? _connection;
    private int _untilTrim = TrimEvery;

    /// <summary>Stores the event, once however often it comes, and returns when it is committed.</summary>
    /// <exception cref="LogStoreException">It could not be stored; worth trying again.</exception>
    public void Append(CloudEvent occurred)
    {
        if (occurred is not { Id: { Length: > 0 and <= LongestKey }, Data: { Grid.Length: > 0, Type: not null, Message: not null } data })
        {
            logger.LogWarning("An event without an id, a grid, a type or a message is not kept");
            return;
        }

        Do(connection =>
        {
            using var command = connection.CreateCommand();
            command.CommandText = "INSERT OR IGNORE INTO event(key, grid, at, stack, service, node, json) VALUES($key, $grid, $at, $stack, $service, $node, $json)";
            Add(command, "$key", occurred.Id);
            Add(command, "$grid", data.Grid);
            Add(command, "$at", occurred.Time.UtcTicks);
            Add(command, "$stack", data.Stack);
            Add(command, "$service", data.Service);
            Add(command, "$node", data.Node);
            Add(command, "$json", JsonSerializer.Serialize(data, LogCollectorJson.Default.GridEvent));
            command.ExecuteNonQuery();
            if (--_untilTrim > 0)
                return 0;
            _untilTrim = TrimEvery;
            Trim(connection);
            return 0;
        });
    }

    /// <summary>The events that match, oldest first.</summary>
    /// <param name="query">Already checked.</param>
    /// <exception cref="LogStoreException">The file can't be read.</exception>
    public IReadOnlyList<LoggedEvent> Read(QueryEvents query) => Do(connection =>
    {
        using var command = connection.CreateCommand();
        var conditions = EventConditions.Of(query, command);
        var newestFirst = query.After is null;
        command.CommandText = $"SELECT id, at, json FROM event WHERE {conditions} ORDER BY id {(newestFirst ? "DESC" : "ASC")} LIMIT $limit";
        command.Parameters.AddWithValue("$limit", query.Limit);
        var events = new List<LoggedEvent>();
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            events.Add(new LoggedEvent
            {
                Id = new LineId(0, reader.GetInt64(0)).ToString(),
                At = new DateTimeOffset(reader.GetInt64(1), TimeSpan.Zero),
                Event = JsonSerializer.Deserialize(reader.GetString(2), LogCollectorJson.Default.GridEvent)!,
            });
        }

        if (newestFirst)
            events.Reverse();
        return events;
    });

    public void Dispose()
    {
        lock (_guard)
            _connection?.Dispose();
    }

    private void Trim(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = """
            DELETE FROM event WHERE id <= (SELECT max(id) FROM event) - $most;
            DELETE FROM event WHERE id IN (
                SELECT spent.id FROM (SELECT DISTINCT grid FROM event) owner
                JOIN event spent ON spent.grid = owner.grid
                AND spent.id <= (SELECT id FROM event kept WHERE kept.grid = owner.grid ORDER BY id DESC LIMIT 1 OFFSET $kept));
            """;
        command.Parameters.AddWithValue("$most", options.KeptInAll);
        command.Parameters.AddWithValue("$kept", options.KeptPerGrid);
        var gone = command.ExecuteNonQuery();
        if (gone > 0)
            logger.LogDebug("{Count} events were the oldest of more than are kept, and are gone", gone);
    }

    private T Do<T>(Func<SqliteConnection, T> work)
    {
        lock (_guard)
        {
            try
            {
                return work(_connection ??= Open());
            }
            catch (Exception exception) when (exception is SqliteException or IOException or UnauthorizedAccessException)
            {
                // Opened afresh by the next one, which may find a disk with room.
                _connection?.Dispose();
                _connection = null;
                throw new LogStoreException(
                    $"the event log {options.File} can't be used ({exception.Message}); see that the disk has room and this user may write there", exception);
            }
        }
    }

    private SqliteConnection Open()
    {
        try
        {
            return EventLogSchema.Open(options.File);
        }
        catch (SqliteException exception) when (exception.SqliteErrorCode is 11 or 26)
        {
            var aside = Path.ChangeExtension(options.File, ".damaged");
            logger.LogError(exception, "The event log {File} is damaged; it is left aside as {Aside}, and a new one begun", options.File, aside);
            File.Move(options.File, aside, overwrite: true);
            File.Delete(options.File + "-wal");
            File.Delete(options.File + "-shm");
            return EventLogSchema.Open(options.File);
        }
    }

    private static void Add(SqliteCommand command, string name, object? value) => command.Parameters.AddWithValue(name, value ?? DBNull.Value);
}
