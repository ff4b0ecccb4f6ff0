using Microsoft.Data.Sqlite;

namespace Kontena.State.Sqlite;

/// <summary>A reading connection and its statements. Used by one caller at a time.</summary>
internal sealed class SqliteReader(SqliteConnection connection) : IDisposable
{
    private readonly SqliteStatement _get = new(connection,
        "SELECT version, json FROM document WHERE partition=$0 AND kind=$1 AND id=$2", 3);

    private readonly SqliteStatement _list = new(connection,
        "SELECT id, version, json FROM document WHERE partition=$0 AND kind=$1 ORDER BY id", 2);

    private readonly SqliteStatement _listByIndex = new(connection,
        """
        SELECT d.id, d.version, d.json FROM document_index i
        JOIN document d ON d.partition=i.partition AND d.kind=i.kind AND d.id=i.id
        WHERE i.partition=$0 AND i.kind=$1 AND i.name=$2 AND i.value=$3 ORDER BY i.id
        """, 4);

    private readonly SqliteStatement _mark = new(connection, "SELECT hex(mark) FROM change WHERE partition=$0 AND kind=$1", 2);

    private readonly SqliteStatement _pending = new(connection,
        "SELECT seq, destination, type, body, origin FROM outbox WHERE partition=$0 AND seq>$1 ORDER BY seq LIMIT $2", 3);

    private readonly SqliteStatement _partitions = new(connection, "SELECT DISTINCT partition FROM outbox ORDER BY partition", 0);

    private readonly SqliteStatement _ping = new(connection, "SELECT 1 FROM document LIMIT 1", 0);

    public StoredDocument? Get(DocumentKey key)
    {
        var rows = _get.Rows(row => new StoredDocument(key, row.GetInt64(0), row.GetString(1)), key.Partition, key.Kind, key.Id);
        return rows.Count == 0 ? null : rows[0];
    }

    public List<StoredDocument> List(string partition, string kind, IndexValue? index)
    {
        StoredDocument Read(SqliteDataReader row) =>
            new(new DocumentKey(partition, kind, row.GetString(0)), row.GetInt64(1), row.GetString(2));

        return index is null
            ? _list.Rows(Read, partition, kind)
            : _listByIndex.Rows(Read, partition, kind, index.Name, index.Value);
    }

    public string Mark(string partition, IReadOnlyList<string> kinds) =>
        string.Join(' ', kinds.Select(kind => _mark.Scalar(partition, kind) as string));

    public List<OutboxEntry> Pending(string partition, long after, int limit) =>
        _pending.Rows(
            row => new OutboxEntry(OutboxSequence.ToId(row.GetInt64(0)), row.GetString(1), row.GetString(2), row.GetString(3), row.GetString(4)),
            partition, after, limit);

    public List<string> PartitionsWithPending() => _partitions.Rows(row => row.GetString(0));

    public void Ping() => _ping.Scalar();

    public void Dispose()
    {
        foreach (var statement in (SqliteStatement[])[_get, _list, _listByIndex, _mark, _pending, _partitions, _ping])
            statement.Dispose();
        connection.Dispose();
    }
}
