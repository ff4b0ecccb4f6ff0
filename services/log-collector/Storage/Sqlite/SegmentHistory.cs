using Kontena.Contracts.Stats;
using Kontena.LogCollector.Measurements;
using Microsoft.Data.Sqlite;

namespace Kontena.LogCollector.Storage.Sqlite;

/// <summary>Adds up what the segments have of a stretch of time, node by node: a day of a thousand nodes takes no more memory than a day of one.</summary>
internal sealed class SegmentHistory(string directory, ILogger logger)
{
    /// <summary>What arrives later than so after it was measured, because the broker kept it meanwhile, is not found.</summary>
    private static readonly TimeSpan Late = TimeSpan.FromDays(1);

    public IReadOnlyList<MetricsMinute> Read(QueryMetrics query, CancellationToken cancellationToken)
    {
        var (first, end) = (SegmentReader.FirstSegmentSince(query.From), EndOf(query.To));
        var places = SegmentName.All(directory).Where(segment => segment >= first && segment < end)
            .SelectMany(segment => Ask(segment, reader => reader.MeasuredNodes(query), cancellationToken).Select(node => (Node: node, Segment: segment)))
            .GroupBy(place => place.Node, place => place.Segment, StringComparer.Ordinal);
        var totals = new MinuteTotals(withDisk: query.Service is null);
        foreach (var node in places)
            totals.AddNode(node.SelectMany(segment => Ask(segment, reader => reader.Measurements(query, node.Key), cancellationToken)).ToList());
        return totals.Rows();
    }

    private static int EndOf(DateTimeOffset to) =>
        to.UtcTicks < (DateTimeOffset.MaxValue - Late - Late).UtcTicks ? SegmentName.NumberOf(to + Late) + SegmentName.PartsPerDay : int.MaxValue;

    private List<T> Ask<T>(int segment, Func<SegmentReader, IEnumerable<T>> question, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var file = SegmentName.FileOf(directory, segment);
        try
        {
            using var connection = SegmentSchema.OpenReader(file);
            using var interrupt = SegmentSchema.InterruptOn(connection, cancellationToken);
            return [.. question(new SegmentReader(connection, segment))];
        }
        catch (SqliteException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
        catch (SqliteException exception) when (exception.SqliteErrorCode == 1 || (exception.SqliteErrorCode == 14 && !File.Exists(file)))
        {
            return []; // Its tables are being made, or an older version wrote it; or another process has removed it.
        }
        catch (SqliteException exception)
        {
            logger.LogWarning(exception, "measurements in log segment {Segment} could not be read", file);
            return [];
        }
    }
}
