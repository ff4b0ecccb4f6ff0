using System.Threading.Channels;
using Kontena.Contracts.Logs;
using Kontena.Contracts.Stats;
using Kontena.LogCollector.Ingest;
using Kontena.LogCollector.Retention;
using Kontena.LogCollector.Search;
using Microsoft.Data.Sqlite;

namespace Kontena.LogCollector.Storage.Sqlite;

/// <summary>The embedded log store: one SQLite file with full-text search per day or part of a day; one thread writes, any number read.</summary>
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
        Task.Run<IReadOnlyList<LogLine>>(() => QueryInTime(query, search, cancellationToken), cancellationToken);

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
            try
            {
                Write(batch);
                _writeFailure = null;
                batch.ForEach(work => work.Done.TrySetResult());
            }
            catch (Exception exception)
            {
                _logger.LogWarning(exception, "{Count} batches of log lines could not be stored; their senders will try again", batch.Count);
                var failure = new LogStoreException(
                    $"the log segment in {_options.Directory} can't be written ({exception.Message}); see that the disk has room and this user may write there", exception);
                _writeFailure = failure.Message;
                batch.ForEach(work => work.Done.TrySetException(failure));
                CloseWriters();
            }
        }

        CloseWriters();
    }

    private void Write(List<Work> batch)
    {
        var writer = CurrentWriter();
        writer.Commit(() =>
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
        });
    }

    /// <summary>The segment of today, or a later one: should the clock go back, ids still grow.</summary>
    private SegmentWriter CurrentWriter()
    {
        var today = SegmentName.NumberOf(_time.GetUtcNow());
        if (_writer is null)
        {
            Directory.CreateDirectory(_options.Directory);
            var newest = SegmentName.All(_options.Directory) is [.., var last] ? last : today;
            _writer = Open(Math.Max(newest, today));
        }

        var wanted = Math.Max(today, _writer.Segment);
        if (wanted == _writer.Segment && IsFull(_writer) && (wanted + 1) % SegmentName.PartsPerDay != 0)
            wanted++;
        if (wanted == _writer.Segment)
            return _writer;

        var next = Open(wanted);
        Close(_previous);
        (_previous, _writer) = (_writer, next);
        Trim();
        return _writer;
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
    private List<LogLine> QueryInTime(QueryLogs query, SearchNode? search, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(_options.QueryTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            return Query(query, search, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new LogStoreException(
                $"reading the log did not end within {_options.QueryTimeout.TotalSeconds:0} s; ask for less: a later --since, one service or instance, or a rarer word");
        }
    }

    private List<LogLine> Query(QueryLogs query, SearchNode? search, CancellationToken cancellationToken)
    {
        _files.EnterReadLock();
        try
        {
            var segments = SegmentName.All(_options.Directory);
            if (query.After is { } cursor)
            {
                var after = LineId.Parse(cursor) ?? new LineId(0, 0);
                return Collect(segments.Where(segment => segment >= after.Segment), query, search,
                    segment => segment == after.Segment ? after.Row : 0, cancellationToken);
            }

            var newestFirst = Collect(segments.Reverse(), query, search, _ => null, cancellationToken);
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
            if (lines.Count >= query.Limit)
                break;
            try
            {
                using var connection = SegmentSchema.OpenReader(SegmentName.FileOf(_options.Directory, segment));
                using var interrupt = SegmentSchema.InterruptOn(connection, cancellationToken);
                lines.AddRange(new SegmentReader(connection, segment)
                    .Read(query, after(segment), query.Limit - lines.Count, search, cancellationToken));
            }
            catch (SqliteException) when (cancellationToken.IsCancellationRequested)
            {
                throw new OperationCanceledException(cancellationToken);
            }
            catch (SqliteException exception) when (exception.SqliteErrorCode == 1)
            {
                // Its tables are being made this moment: it has no lines yet.
            }
            catch (SqliteException exception)
            {
                // One damaged file must not hide all the others.
                _logger.LogWarning(exception, "log segment {Segment} could not be read", SegmentName.FileOf(_options.Directory, segment));
            }
        }

        return lines;
    }

    private int Trim()
    {
        var segments = SegmentName.All(_options.Directory);
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
