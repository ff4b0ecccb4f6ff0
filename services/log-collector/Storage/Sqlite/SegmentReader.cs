using System.Text.Json;
using Kontena.Contracts.Logs;
using Kontena.Contracts.Stats;
using Kontena.LogCollector.Measurements;
using Kontena.LogCollector.Search;
using Microsoft.Data.Sqlite;

namespace Kontena.LogCollector.Storage.Sqlite;

/// <summary>Reads one segment for one query.</summary>
internal sealed class SegmentReader(SqliteConnection connection, int segment)
{
    /// <summary>A node's clock may be ahead or behind by so much before <c>since</c> misses its lines.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromHours(1);

    /// <summary>Up to so many containers are read one by one through the index; more are found by reading backwards.</summary>
    private const int FewSources = 24;

    /// <summary>The first segment that can have lines later than a time. A line's segment is of the day on which it arrived, or a later one.</summary>
    public static int FirstSegmentSince(DateTimeOffset? since) =>
        since is { } time && time.UtcTicks >= ClockSkew.Ticks ? SegmentName.NumberOf(time - ClockSkew) : int.MinValue;

    public static Dictionary<long, LogSource> SourcesById(SqliteConnection connection) =>
        Sources(connection).ToDictionary(pair => pair.Id, pair => pair.Source);

    public static IEnumerable<(long Id, LogSource Source)> Sources(SqliteConnection connection, SqliteTransaction? transaction = null)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "SELECT id, grid, node, stack, service, instance, instance_id, container_name, container_id FROM source";
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            yield return (reader.GetInt64(0), new LogSource(
                reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetString(4), reader.GetInt32(5), reader.GetString(6),
                reader.GetString(7), reader.GetString(8)));
        }
    }

    /// <summary>The newest matching lines, newest first; or, after a row, the oldest, oldest first.</summary>
    /// <param name="text">Characters; the line that goes beyond is the last.</param>
    public IReadOnlyList<LogLine> Read(QueryLogs query, long? after, int limit, int text, SearchNode? search, CancellationToken cancellationToken)
    {
        var sources = SourcesById(connection);
        var wanted = sources.Where(pair => pair.Value.Matches(query)).Select(pair => pair.Key).ToList();
        if (wanted.Count == 0)
            return [];

        var everything = wanted.Count == sources.Count;
        var shape = new Shape(Math.Max(after ?? 0, FirstRowSince(query.Since)), after is null, query.Since, limit, text, search);
        if (everything || wanted.Count > FewSources || search is not null)
            return Run(shape, everything ? null : wanted, sources, cancellationToken);

        // Each container's lines are in order in the index; together they are merged here.
        var lines = new List<LogLine>();
        foreach (var source in wanted)
            lines.AddRange(Run(shape, [source], sources, cancellationToken));
        var ordered = shape.NewestFirst
            ? lines.OrderByDescending(line => line.Id, StringComparer.Ordinal)
            : lines.OrderBy(line => line.Id, StringComparer.Ordinal);
        return [.. Fitting(ordered.Take(limit), text)];
    }

    // Each container's lines were cut alone; where together they are cut none of them has ended yet.
    private static IEnumerable<LogLine> Fitting(IEnumerable<LogLine> lines, int text)
    {
        foreach (var line in lines)
        {
            if (text <= 0)
                yield break;
            text -= line.Text.Length;
            yield return line;
        }
    }

    /// <summary>The newest measurements of each node of a grid, not older than so.</summary>
    public IEnumerable<StatsBatch> Latest(string grid, DateTimeOffset oldest)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT m.json FROM latest l JOIN measurement m USING(grid, node, at) WHERE l.grid=$grid AND l.at>=$oldest";
        command.Parameters.AddWithValue("$grid", grid);
        command.Parameters.AddWithValue("$oldest", oldest.UtcTicks);
        using var reader = command.ExecuteReader();
        while (reader.Read())
            yield return JsonSerializer.Deserialize(reader.GetString(0), LogCollectorJson.Default.StatsBatch)!;
    }

    /// <summary>The names of the nodes that have measured what is asked for.</summary>
    public IEnumerable<string> MeasuredNodes(QueryMetrics query)
    {
        if (query.Node is not null)
        {
            yield return query.Node;
            yield break;
        }

        using var command = connection.CreateCommand();
        command.CommandText = query.Service is null
            ? "SELECT node FROM latest WHERE grid=$grid"
            : "SELECT DISTINCT node FROM measured_service WHERE grid=$grid AND stack=$stack AND service=$service";
        AddNames(command, query);
        using var reader = command.ExecuteReader();
        while (reader.Read())
            yield return reader.GetString(0);
    }

    /// <summary>What a node has measured of itself, or of a service's containers on it.</summary>
    public IEnumerable<Measurement> Measurements(QueryMetrics query, string node)
    {
        using var command = connection.CreateCommand();
        command.CommandText = query.Service is null
            ? "SELECT at, json FROM measurement WHERE grid=$grid AND node=$node AND at BETWEEN $from AND $to"
            : "SELECT at, m.json FROM measured_service s JOIN measurement m USING(grid, node, at) "
                + "WHERE s.grid=$grid AND s.stack=$stack AND s.service=$service AND s.node=$node AND s.at BETWEEN $from AND $to";
        AddNames(command, query);
        command.Parameters.AddWithValue("$node", node);
        command.Parameters.AddWithValue("$from", query.From.UtcTicks);
        command.Parameters.AddWithValue("$to", query.To.UtcTicks);
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            var at = new DateTimeOffset(reader.GetInt64(0), TimeSpan.Zero);
            if (query.Service is null)
            {
                if (JsonSerializer.Deserialize(reader.GetString(1), LogCollectorJson.Default.MeasuredNode)?.NodeStats is { } stats)
                    yield return Measurement.OfNode(at, stats);
                continue;
            }

            var batch = JsonSerializer.Deserialize(reader.GetString(1), LogCollectorJson.Default.StatsBatch)!;
            foreach (var container in batch.Containers.Where(one => one.Stack == query.Stack && one.Service == query.Service))
                yield return Measurement.OfContainer(at, batch.NodeStats?.Cores ?? 0, container);
        }
    }

    private static void AddNames(SqliteCommand command, QueryMetrics query)
    {
        command.Parameters.AddWithValue("$grid", query.Grid);
        if (query.Service is null)
            return;
        command.Parameters.AddWithValue("$stack", query.Stack);
        command.Parameters.AddWithValue("$service", query.Service);
    }

    private List<LogLine> Run(Shape shape, List<long>? wanted, Dictionary<long, LogSource> sources, CancellationToken cancellationToken)
    {
        using var command = connection.CreateCommand();
        var conditions = new List<string> { "l.id > $after" };
        command.Parameters.AddWithValue("$after", shape.After);
        command.Parameters.AddWithValue("$limit", shape.Limit);
        if (shape.Since is { } since)
        {
            conditions.Add("l.at > $since");
            command.Parameters.AddWithValue("$since", since.UtcTicks);
        }

        // Ids of our own making, never a user's text.
        if (wanted is [var only] && shape.Search is null)
            conditions.Add($"l.source = {only}");
        else if (wanted is not null)
            conditions.Add($"+l.source IN ({string.Join(',', wanted)})");

        var from = "line l";
        if (shape.Search is not null)
        {
            from = "words JOIN line l ON l.id = words.rowid";
            conditions.Add("words MATCH $match");
            conditions.Add("words.rowid > $after");
            command.Parameters.AddWithValue("$match", FtsExpression.Of(shape.Search));
        }

        var order = shape.Search is null ? "l.id" : "words.rowid";
        command.CommandText =
            $"SELECT l.id, l.at, l.source, l.stderr, l.text FROM {from} WHERE {string.Join(" AND ", conditions)} " +
            $"ORDER BY {order} {(shape.NewestFirst ? "DESC" : "ASC")} LIMIT $limit";

        var lines = new List<LogLine>();
        var text = shape.Text;
        using var reader = command.ExecuteReader();
        while (text > 0 && reader.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            lines.Add(LineOf(reader, sources[reader.GetInt64(2)]));
            text -= lines[^1].Text.Length;
        }

        return lines;
    }

    private LogLine LineOf(SqliteDataReader reader, LogSource source) => new()
    {
        Id = new LineId(segment, reader.GetInt64(0)).ToString(),
        Node = source.Node,
        Stack = source.Stack,
        Service = source.Service,
        Instance = source.Instance,
        InstanceId = source.InstanceId,
        ContainerName = source.ContainerName,
        ContainerId = source.ContainerId,
        At = new DateTimeOffset(reader.GetInt64(1), TimeSpan.Zero),
        Stream = reader.GetInt64(3) == 1 ? "stderr" : "stdout",
        Text = reader.GetString(4),
    };

    /// <summary>Lines that arrived well before a time were also written before it, so they need not be read.</summary>
    private long FirstRowSince(DateTimeOffset? since)
    {
        if (since is not { } time || time.UtcTicks < ClockSkew.Ticks)
            return 0;
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT coalesce(max(first_line), 1) - 1 FROM arrival WHERE at < $at";
        command.Parameters.AddWithValue("$at", time.UtcTicks - ClockSkew.Ticks);
        return (long)command.ExecuteScalar()!;
    }

    private sealed record Shape(long After, bool NewestFirst, DateTimeOffset? Since, int Limit, int Text, SearchNode? Search);
}
