using System.Text.Json;
using Kontena.Contracts.Logs;
using Kontena.Contracts.Stats;
using Microsoft.Data.Sqlite;

namespace Kontena.LogCollector.Storage.Sqlite;

/// <summary>The connection by which this process adds to a segment. Used by one thread; another process may add to it as well.</summary>
internal sealed class SegmentWriter : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly Dictionary<LogSource, long> _sources = [];
    private readonly SqliteCommand _addSource;
    private readonly SqliteCommand _addLine;
    private readonly SqliteCommand _addWords;
    private readonly SqliteCommand _addBatch;
    private readonly SqliteCommand _addArrival;
    private readonly SqliteCommand _addMeasurement;
    private readonly SqliteCommand _addLatest;
    private readonly SqliteCommand _addMeasuredService;
    private readonly string _directory;
    private long _seen;
    private long _lastLine;
    private long _lastSource;

    public SegmentWriter(string directory, int segment)
    {
        (Segment, _directory) = (segment, directory);
        File = SegmentName.FileOf(directory, segment);
        _connection = SegmentSchema.OpenWriter(File);
        _addSource = Command("INSERT INTO source VALUES($0,$1,$2,$3,$4,$5,$6,$7,$8)", 9);
        _addLine = Command("INSERT INTO line VALUES($0,$1,$2,$3,$4)", 5);
        _addWords = Command("INSERT INTO words(rowid, text) VALUES($0,$1)", 2);
        _addBatch = Command("INSERT OR IGNORE INTO batch VALUES($0)", 1);
        _addArrival = Command("INSERT OR IGNORE INTO arrival VALUES($0,$1)", 2);
        _addMeasurement = Command("INSERT OR REPLACE INTO measurement VALUES($0,$1,$2,$3)", 4);
        _addLatest = Command("INSERT INTO latest VALUES($0,$1,$2) ON CONFLICT(grid, node) DO UPDATE SET at=excluded.at WHERE excluded.at > latest.at", 3);
        _addMeasuredService = Command("INSERT OR IGNORE INTO measured_service VALUES($0,$1,$2,$3,$4)", 5);
        _seen = SegmentSchema.DataVersion(_connection, null);
        Reload();
    }

    public int Segment { get; }

    public string File { get; }

    /// <summary>By this process or another: there is a later one.</summary>
    public bool IsSealed => SegmentSchema.IsSealed(_connection, null);

    public bool HasBatch(byte[] key)
    {
        using var command = Command("SELECT 1 FROM batch WHERE key=$0", 1);
        command.Parameters[0].Value = key;
        return command.ExecuteScalar() is not null;
    }

    private SqliteCommand[] Commands => [_addSource, _addLine, _addWords, _addBatch, _addArrival, _addMeasurement, _addLatest, _addMeasuredService];

    /// <summary>Runs <paramref name="work"/> in one transaction; when it fails nothing of it remains.</summary>
    /// <returns>False when another process has gone on to a later segment: nothing is added here any more, so that ids go on growing.</returns>
    public bool TryCommit(Action work)
    {
        using var transaction = _connection.BeginTransaction();
        if (SegmentSchema.IsSealed(_connection, transaction) || SegmentName.All(_directory) is [.., var newest] && newest > Segment)
            return false;
        var version = SegmentSchema.DataVersion(_connection, transaction);
        if (version != _seen)
            Reload(transaction);
        _seen = version;
        foreach (var command in Commands)
            command.Transaction = transaction;
        try
        {
            work();
            transaction.Commit();
            return true;
        }
        catch
        {
            // Numbers and sources taken in the failed transaction are not there.
            transaction.Rollback();
            Reload();
            throw;
        }
    }

    /// <summary>Within <see cref="TryCommit"/>: notes when the lines that follow arrived.</summary>
    public void AddArrival(DateTimeOffset at) => Run(_addArrival, _lastLine + 1, at.UtcTicks);

    /// <summary>Within <see cref="TryCommit"/>. A batch that is there already adds nothing.</summary>
    public void Add(LogBatch batch, byte[] key)
    {
        if (Run(_addBatch, key) == 0)
            return;
        foreach (var line in batch.Lines)
        {
            var id = ++_lastLine;
            var text = LineText.Fit(line.Text);
            Run(_addLine, id, line.At.UtcTicks, SourceOf(batch, line), line.Stream == "stderr" ? 1 : 0, text);
            Run(_addWords, id, text);
        }
    }

    /// <summary>Within <see cref="TryCommit"/>.</summary>
    public void Add(StatsBatch batch)
    {
        Run(_addMeasurement, batch.Grid, batch.Node, batch.At.UtcTicks, JsonSerializer.Serialize(batch, LogCollectorJson.Default.StatsBatch));
        Run(_addLatest, batch.Grid, batch.Node, batch.At.UtcTicks);
        foreach (var (stack, service) in batch.Containers.Select(one => (one.Stack, one.Service)).Distinct())
            Run(_addMeasuredService, batch.Grid, stack, service, batch.Node, batch.At.UtcTicks);
    }

    public void Dispose()
    {
        foreach (var command in Commands)
            command.Dispose();
        _connection.Dispose();
    }

    private long SourceOf(LogBatch batch, LogLine line)
    {
        var source = LogSource.Of(batch, line);
        if (_sources.TryGetValue(source, out var known))
            return known;
        var id = ++_lastSource;
        Run(_addSource, id, source.Grid, source.Node, source.Stack, source.Service, source.Instance, source.InstanceId,
            source.ContainerName, source.ContainerId);
        _sources[source] = id;
        return id;
    }

    private void Reload(SqliteTransaction? transaction = null)
    {
        _sources.Clear();
        foreach (var (id, source) in SegmentReader.Sources(_connection, transaction))
            _sources[source] = id;
        _lastSource = _sources.Count == 0 ? 0 : _sources.Values.Max();
        using var command = _connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "SELECT coalesce(max(id), 0) FROM line";
        _lastLine = (long)command.ExecuteScalar()!;
    }

    private SqliteCommand Command(string sql, int parameters)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        for (var i = 0; i < parameters; i++)
            command.Parameters.Add(new SqliteParameter($"${i}", null));
        return command;
    }

    private static int Run(SqliteCommand command, params ReadOnlySpan<object> values)
    {
        for (var i = 0; i < values.Length; i++)
            command.Parameters[i].Value = values[i];
        return command.ExecuteNonQuery();
    }
}
