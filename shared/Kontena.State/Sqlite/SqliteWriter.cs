using System.Globalization;
using System.Text.Json;
using Kontena.Contracts;
using Microsoft.Data.Sqlite;

namespace Kontena.State.Sqlite;

/// <summary>The writing connection and its statements. Used by one thread.</summary>
internal sealed class SqliteWriter(SqliteConnection connection, string origin) : IDisposable
{
    private readonly SqliteStatement _begin = new(connection, "BEGIN IMMEDIATE", 0);
    private readonly SqliteStatement _commit = new(connection, "COMMIT", 0);
    private readonly SqliteStatement _full = new(connection, "PRAGMA synchronous=FULL", 0);
    private readonly SqliteStatement _normal = new(connection, "PRAGMA synchronous=NORMAL", 0);

    private readonly SqliteStatement _version = new(connection,
        "SELECT version FROM document WHERE partition=$0 AND kind=$1 AND id=$2", 3);

    private readonly SqliteStatement _put = new(connection,
        """
        INSERT INTO document(partition, kind, id, version, json) VALUES($0, $1, $2, $3, $4)
        ON CONFLICT(partition, kind, id) DO UPDATE SET version=excluded.version, json=excluded.json
        """, 5);

    private readonly SqliteStatement _delete = new(connection,
        "DELETE FROM document WHERE partition=$0 AND kind=$1 AND id=$2", 3);

    private readonly SqliteStatement _unindex = new(connection,
        "DELETE FROM document_index WHERE partition=$0 AND kind=$1 AND id=$2", 3);

    private readonly SqliteStatement _index = new(connection,
        "INSERT OR IGNORE INTO document_index(partition, kind, id, name, value) VALUES($0, $1, $2, $3, $4)", 5);

    private readonly SqliteStatement _mark = new(connection,
        """
        INSERT INTO change(partition, kind, mark) VALUES($0, $1, randomblob(8))
        ON CONFLICT(partition, kind) DO UPDATE SET mark=excluded.mark
        """, 2);

    private readonly SqliteStatement _send = new(connection,
        "INSERT INTO outbox(partition, destination, type, body, origin) VALUES($0, $1, $2, $3, $4)", 5);

    private readonly SqliteStatement _forget = new(connection, "DELETE FROM outbox WHERE seq=$0 AND partition=$1", 2);

    private bool _durable = true;

    public void Begin(bool durable)
    {
        if (durable != _durable)
            (durable ? _full : _normal).Execute();
        _durable = durable;
        _begin.Execute();
    }

    public void Commit() => _commit.Execute();

    /// <summary>Null when applied; else the conflict, with nothing of the batch applied.</summary>
    public StateConflictException? Apply(CommitBatch batch)
    {
        // All comparisons come before the first change, so a refused batch leaves nothing to undo.
        foreach (var check in batch.Checks)
        {
            if (Conflict(check.Key, check.Expected, out _) is { } conflict)
                return conflict;
        }

        var versions = new long[batch.Puts.Count];
        for (var i = 0; i < versions.Length; i++)
        {
            if (Conflict(batch.Puts[i].Key, batch.Puts[i].Expected, out versions[i]) is { } conflict)
                return conflict;
        }

        foreach (var delete in batch.Deletes)
        {
            if (Conflict(delete.Key, delete.Expected, out _) is { } conflict)
                return conflict;
        }

        for (var i = 0; i < versions.Length; i++)
            Put(batch.Puts[i], versions[i] + 1);
        foreach (var (key, _) in batch.Deletes)
        {
            _unindex.Execute(key.Partition, key.Kind, key.Id);
            _delete.Execute(key.Partition, key.Kind, key.Id);
        }

        foreach (var kind in batch.ChangedKinds)
            _mark.Execute(batch.Partition, kind);
        foreach (var message in batch.Messages)
        {
            var destination = JsonSerializer.Serialize(message.Destination, KontenaJson.Default.Destination);
            _send.Execute(batch.Partition, destination, message.Type, message.Body, origin);
        }

        return null;
    }

    public void Forget(string partition, IReadOnlyList<string> entries)
    {
        foreach (var entry in entries)
        {
            if (long.TryParse(entry, CultureInfo.InvariantCulture, out var seq))
                _forget.Execute(seq, partition);
        }
    }

    public void Dispose()
    {
        foreach (var statement in (SqliteStatement[])
            [_begin, _commit, _full, _normal, _version, _put, _delete, _unindex, _index, _mark, _send, _forget])
        {
            statement.Dispose();
        }

        connection.Dispose();
    }

    private StateConflictException? Conflict(DocumentKey key, long expected, out long found)
    {
        found = _version.Scalar(key.Partition, key.Kind, key.Id) is long version ? version : 0;
        return expected == CommitBatch.AnyVersion || expected == found ? null : new StateConflictException(key, expected);
    }

    private void Put(DocumentPut put, long version)
    {
        var key = put.Key;
        _put.Execute(key.Partition, key.Kind, key.Id, version, put.Json);
        if (version > 1)
            _unindex.Execute(key.Partition, key.Kind, key.Id);
        foreach (var index in put.Indexes)
            _index.Execute(key.Partition, key.Kind, key.Id, index.Name, index.Value);
    }
}
