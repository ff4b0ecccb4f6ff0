using System.Threading.Channels;
using Kontena.Contracts.Logs;
using Kontena.Contracts.Stats;
using Kontena.LogCollector.Ingest;
using Kontena.LogCollector.Retention;
using Kontena.LogCollector.Search;
using Microsoft.Data.Sqlite;

namespace Kontena.LogCollector.Storage.Sqlite;

/// <summary>The embedded log store: one SQLite file with full-text search per day or part of a day; one thread writes, any number read.</summary>
/// <remarks>
/// Several processes of one machine may share the directory. Each writes in transactions of the newest segment, where the lines get their ids; a process that goes on to a later one
/// first seals those before it, so that a line's id is always greater than all that could be read before (decision 0029).
/// </remarks>
internal sealed class SqliteLogStore : ILogStore, IAsyncDisposable
{
    /// <summary>Batches that may wait for the writer; senders wait beyond.</summary>
    private const int MostWaiting = 512;

    /// <summary>Batches in one commit.</summary>
    private const int MostPerCommit = 64;

    private readonly LogCollectorOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<SqliteLogStore> _logger;
    private readonly Channel<Work> _work = Channel.CreateBounded<Work>(new BoundedChannelOptions(MostWaiting) { SingleReader = true });
    private readonly ReaderWriterLockSlim _files = new();
    private readonly Task _writing;
    private SegmentWriter? _writer;
    private SegmentWriter? _previous;
    private IReadOnlyList<int> _swept = [];
    private volatile string? _writeFailure;

    public SqliteLogStore(LogCollectorOptions options, TimeProvider time, ILogger<SqliteLogStore> logger)
    {
        (_options, _time, _logger) = (options, time, logger);
        _writing = Task.Factory.StartNew(WriteLoop, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    public string? WriteFailure => _writeFailure;

    public Task AppendAsync(LogBatch batch, CancellationToken cancellationToken) =>
        batch.Lines.Count == 0 ? Task.CompletedTask : QueueAsync(new Work(batch, null, BatchKey.Of(batch)), cancellationToken);

    public Task AppendAsync(StatsBatch batch, CancellationToken cancellationToken) =>
        QueueAsync(new Work(null, batch, []), cancellationToken);

    public Task<IReadOnlyList<LogLine>> QueryAsync(QueryLogs query, SearchNode? search, CancellationToken cancellationToken) =>
        InTimeAsync<LogLine>(either => Query(query, search, either),
            "reading the log", "a later --since, one service or instance, or a rarer word", cancellationToken);

    public Task<IReadOnlyList<MetricsMinute>> MetricsAsync(QueryMetrics query, CancellationToken cancellationToken) =>
        InTimeAsync(either => History(query, either),
            "adding up the measurements", "a shorter time, one node or one service", cancellationToken);

    public Task<LatestStats> LatestAsync(string grid, CancellationToken cancellationToken) => Task.Run(() => Latest(grid), cancellationToken);

    public Task<int> TrimAsync(CancellationToken cancellationToken) => Task.Run(Trim, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        _work.Writer.TryComplete();
        await _writing;
        foreach (var segment in SegmentName.All(_options.Directory))
            SegmentSchema.Forget(SegmentName.FileOf(_options.Directory, segment));
        _files.Dispose();
    }

    private async Task QueueAsync(Work work, CancellationToken cancellationToken)
    {
        await _work.Writer.WriteAsync(work, cancellationToken);
        await work.Done.Task.WaitAsync(cancellationToken);
    }

    private void WriteLoop()
    {
        var batch = new List<Work>(MostPerCommit);
        while (_work.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            batch.Clear();
            while (batch.Count < MostPerCommit && _work.Reader.TryRead(out var work))
                batch.Add(work);
            Store(batch);
        }

        CloseWriters();
    }

    private void Store(List<Work> batch)
    {
        try
        {
            Write(batch);
            _writeFailure = null;
            batch.ForEach(work => work.Done.TrySetResult());
        }
        catch (Exception exception) when (batch.Count > 1 && !SegmentSchema.IsOfTheDisk(exception))
        {
            // One of them can't be stored, as it says nothing where something must be; the others have nothing to do with it.
            batch.ForEach(work => Store([work]));
        }
        catch (Exception exception)
        {
            _logger.LogWarning(exception, "{Count} batches of log lines could not be stored; their senders will try again", batch.Count);
            var failure = new LogStoreException(SegmentSchema.IsOfTheDisk(exception)
                ? $"the log segment in {_options.Directory} can't be written ({exception.Message}); see that the disk has room and this user may write there"
                : $"a batch can't be stored as it is: {exception.Message}", exception);
            _writeFailure = SegmentSchema.IsOfTheDisk(exception) ? failure.Message : _writeFailure;
            batch.ForEach(work => work.Done.TrySetException(failure));
            CloseWriters();
        }
    }

    private void Write(List<Work> batch)
    {
        SegmentWriter writer;
        do
            writer = CurrentWriter();
        while (!writer.TryCommit(() =>
        {
            writer.AddArrival(_time.GetUtcNow());
            foreach (var work in batch)
            {
                if (work.Stats is not null)
                    writer.Add(work.Stats);
                // A batch that came again after the change of segments was stored in the one before.
                if (work.Lines is not null && _previous?.HasBatch(work.Key) != true)
                    writer.Add(work.Lines, work.Key);
            }
        }));
    }

    /// <summary>The segment of today, or a later one: should the clock go back, or another process's be ahead, ids still grow.</summary>
    private SegmentWriter CurrentWriter()
    {
        Directory.CreateDirectory(_options.Directory);
        var segments = SegmentName.All(_options.Directory);
        var wanted = Math.Max(SegmentName.NumberOf(_time.GetUtcNow()), Math.Max(_writer?.Segment ?? 0, segments is [.., var last] ? last : 0));
        if (wanted == _writer?.Segment && (_writer.IsSealed || IsFull(_writer) && (wanted + 1) % SegmentName.PartsPerDay != 0))
            wanted++;
        if (wanted == _writer?.Segment)
            return _writer;

        var next = Open(wanted);
        SealBefore(next.Segment);
        Close(_previous);
        (_previous, _writer) = (_writer, next);
        Trim();
        return _writer;
    }

    /// <summary>
    /// What another process adds to an older segment in this moment is there, and has its id, when this returns; and what is not listed here is made after the next one is there,
    /// so nobody adds to it. Oldest first: when one is sealed, so are all before it.
    /// </summary>
    private void SealBefore(int next)
    {
        var open = SegmentName.All(_options.Directory).Reverse().SkipWhile(segment => segment >= next).TakeWhile(segment => !IsSealed(segment));
        foreach (var segment in open.Reverse().ToList())
            Harmlessly(segment, SegmentSchema.Seal);
    }

    private bool IsSealed(int segment)
    {
        var isSealed = true;
        Harmlessly(segment, file => isSealed = SegmentSchema.IsSealed(file));
        return isSealed;
    }

    /// <summary>To a damaged segment, and to one that another process has removed, nobody adds.</summary>
    private void Harmlessly(int segment, Action<string> look)
    {
        try
        {
            look(SegmentName.FileOf(_options.Directory, segment));
        }
        catch (SqliteException exception) when (exception.SqliteErrorCode is 11 or 14 or 26)
        {
            _logger.LogDebug(exception, "log segment {Segment} is not looked at", segment);
        }
    }

    private SegmentWriter Open(int segment)
    {
        for (var attempt = segment; ; attempt++)
        {
            try
            {
                return new SegmentWriter(_options.Directory, attempt);
            }
            catch (SqliteException exception) when (exception.SqliteErrorCode is 11 or 26 && attempt < segment + 8)
            {
                _logger.LogError(exception, "log segment {File} is damaged and left aside; its lines are lost to queries",
                    SegmentName.FileOf(_options.Directory, attempt));
            }
        }
    }

    private bool IsFull(SegmentWriter writer) => SizeOf(writer.Segment) > _options.SegmentBytes;

    /// <summary>A search holds up the removal of old segments, so it may not go on for as long as it likes.</summary>
    private Task<IReadOnlyList<T>> InTimeAsync<T>(
        Func<CancellationToken, IReadOnlyList<T>> read, string what, string narrower, CancellationToken cancellationToken) =>
        Task.Run(() => InTime(read, what, narrower, cancellationToken), cancellationToken);

    private IReadOnlyList<T> InTime<T>(Func<CancellationToken, IReadOnlyList<T>> read, string what, string narrower, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(_options.QueryTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            return read(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new LogStoreException($"{what} did not end within {_options.QueryTimeout.TotalSeconds:0} s; ask for less: {narrower}");
        }
    }

    private List<LogLine> Query(QueryLogs query, SearchNode? search, CancellationToken cancellationToken)
    {
        _files.EnterReadLock();
        try
        {
            var first = SegmentReader.FirstSegmentSince(query.Since);
            var segments = SegmentName.All(_options.Directory).SkipWhile(segment => segment < first).ToList();
            if (query.After is { } cursor)
            {
                var after = LineId.Parse(cursor) ?? new LineId(0, 0);
                return Collect(segments.Where(segment => segment >= after.Segment), query, search,
                    segment => segment == after.Segment ? after.Row : 0, cancellationToken);
            }

            var newestFirst = Collect(segments.AsEnumerable().Reverse(), query, search, _ => null, cancellationToken);
            newestFirst.Reverse();
            return newestFirst;
        }
        finally
        {
            _files.ExitReadLock();
        }
    }

    private List<LogLine> Collect(
        IEnumerable<int> segments, QueryLogs query, SearchNode? search, Func<int, long?> after, CancellationToken cancellationToken)
    {
        var lines = new List<LogLine>();
        foreach (var segment in segments)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (lines.Count >= query.Limit || lines.Sum(line => line.Text.Length) >= _options.PageText)
                break;
            try
            {
                using var connection = SegmentSchema.OpenReader(SegmentName.FileOf(_options.Directory, segment));
                using var interrupt = SegmentSchema.InterruptOn(connection, cancellationToken);
                lines.AddRange(new SegmentReader(connection, segment)
                    .Read(query, after(segment), query.Limit - lines.Count, _options.PageText - lines.Sum(line => line.Text.Length), search, cancellationToken));
            }
            catch (SqliteException) when (cancellationToken.IsCancellationRequested)
            {
                throw new OperationCanceledException(cancellationToken);
            }
            catch (SqliteException exception) when (exception.SqliteErrorCode is 1 or 14 && IsNewOrGone(exception, segment))
            {
                // Its tables are being made this moment and it has no lines yet; or another process has removed it.
            }
            catch (SqliteException exception)
            {
                // One damaged file must not hide all the others.
                _logger.LogWarning(exception, "log segment {Segment} could not be read", SegmentName.FileOf(_options.Directory, segment));
            }
        }

        return lines;
    }

    private bool IsNewOrGone(SqliteException exception, int segment) =>
        exception.SqliteErrorCode == 1 || !File.Exists(SegmentName.FileOf(_options.Directory, segment));

    /// <summary>From the two newest segments: about midnight some nodes have spoken in the one, some in the other.</summary>
    private LatestStats Latest(string grid)
    {
        var oldest = _time.GetUtcNow() - ILogStore.FreshFor;
        var newest = new Dictionary<string, StatsBatch>(StringComparer.Ordinal);
        _files.EnterReadLock();
        try
        {
            foreach (var segment in SegmentName.All(_options.Directory).TakeLast(2))
            {
                try
                {
                    using var connection = SegmentSchema.OpenReader(SegmentName.FileOf(_options.Directory, segment));
                    foreach (var batch in new SegmentReader(connection, segment).Latest(grid, oldest))
                    {
                        if (!newest.TryGetValue(batch.Node, out var known) || known.At < batch.At)
                            newest[batch.Node] = batch;
                    }
                }
                catch (SqliteException exception) when (exception.SqliteErrorCode is 1 or 14 && IsNewOrGone(exception, segment))
                {
                    // As in Collect; or an older version wrote it, which kept no such table.
                }
                catch (SqliteException exception)
                {
                    _logger.LogWarning(exception, "measurements in log segment {Segment} could not be read", SegmentName.FileOf(_options.Directory, segment));
                }
            }
        }
        finally
        {
            _files.ExitReadLock();
        }

        return new LatestStats { Nodes = [.. newest.Values.OrderBy(batch => batch.Node, StringComparer.Ordinal)] };
    }

    private IReadOnlyList<MetricsMinute> History(QueryMetrics query, CancellationToken cancellationToken)
    {
        _files.EnterReadLock();
        try
        {
            return new SegmentHistory(_options.Directory, _logger).Read(query, cancellationToken);
        }
        finally
        {
            _files.ExitReadLock();
        }
    }

    private int Trim()
    {
        var segments = SegmentName.All(_options.Directory);
        foreach (var gone in _swept.Except(segments))
            SegmentSchema.Forget(SegmentName.FileOf(_options.Directory, gone));     // Removed by another process: what is kept open here takes room on the disk.
        _swept = segments;
        var today = DateOnly.FromDateTime(_time.GetUtcNow().UtcDateTime);
        var doomed = RetentionPlan.Doomed([.. segments.Select(segment => new SegmentSize(segment, SegmentName.DayOf(segment), SizeOf(segment)))],
            today, _options.RetentionDays, _options.RetentionBytes);
        if (doomed.Count == 0)
            return 0;

        _files.EnterWriteLock();
        try
        {
            foreach (var segment in doomed)
                Remove(segment);
        }
        finally
        {
            _files.ExitWriteLock();
        }

        return doomed.Count;
    }

    private void Remove(int segment)
    {
        var file = SegmentName.FileOf(_options.Directory, segment);
        SegmentSchema.Forget(file);
        foreach (var part in (string[])[file, file + "-wal", file + "-shm"])
            File.Delete(part);
        _logger.LogInformation("log segment {File} removed: over the limits of age or size", file);
    }

    private long SizeOf(int segment)
    {
        var file = SegmentName.FileOf(_options.Directory, segment);
        return Length(file) + Length(file + "-wal");

        static long Length(string path) => new FileInfo(path) is { Exists: true } info ? info.Length : 0;
    }

    private void CloseWriters()
    {
        Close(_previous);
        Close(_writer);
        _previous = _writer = null;
    }

    // What can't even be closed must not end the loop that everything waits for.
    private void Close(SegmentWriter? writer)
    {
        try
        {
            writer?.Dispose();
        }
        catch (Exception exception)
        {
            _logger.LogWarning(exception, "log segment {File} could not be closed; it is opened anew", writer?.File);
        }
    }

    private sealed record Work(LogBatch? Lines, StatsBatch? Stats, byte[] Key)
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
