using System.Threading.Channels;
using Microsoft.Data.Sqlite;

namespace Kontena.State.Sqlite;

/// <summary>One thread that writes. Whatever waits when it comes round goes into one transaction, so many commits share one fsync.</summary>
internal sealed class SqliteWriteQueue : IDisposable
{
    /// <summary>Writes that may wait; further callers wait for room.</summary>
    private const int Capacity = 1024;

    /// <summary>Writes that share a transaction at most.</summary>
    private const int GroupSize = 256;

    private readonly string _file;
    private readonly string _origin;
    private readonly Thread _thread;
    private readonly Channel<SqliteWrite> _waiting =
        Channel.CreateBounded<SqliteWrite>(new BoundedChannelOptions(Capacity) { SingleReader = true });

    private SqliteWriter? _writer;

    public SqliteWriteQueue(string file, string origin)
    {
        _file = file;
        _origin = origin;
        // A thread of its own: waiting for the disk must not cost the pool a worker.
        _thread = new Thread(Run) { IsBackground = true, Name = "state-writer" };
        _thread.Start();
    }

    public async Task RunAsync(SqliteWrite write, CancellationToken cancellationToken)
    {
        try
        {
            await _waiting.Writer.WriteAsync(write, cancellationToken);
        }
        catch (ChannelClosedException)
        {
            throw new StateUnavailableException("the state store is closed: this process is stopping");
        }

        // From here on the write happens; leaving early would only hide how it ended.
        await write.Done.Task;
    }

    public void Dispose()
    {
        _waiting.Writer.TryComplete();
        _thread.Join();
    }

    private void Run()
    {
        var group = new List<SqliteWrite>(GroupSize);
        while (_waiting.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            group.Clear();
            while (group.Count < GroupSize && _waiting.Reader.TryRead(out var write))
                group.Add(write);
            WriteGroup(group);
        }

        _writer?.Dispose();
    }

    private void WriteGroup(List<SqliteWrite> group)
    {
        var conflicts = new StateConflictException?[group.Count];
        var committing = false;
        try
        {
            _writer ??= new SqliteWriter(SqliteSchema.OpenWriter(_file), _origin);
            _writer.Begin(group.Exists(write => write.MustBeDurable));
            for (var i = 0; i < group.Count; i++)
            {
                if (group[i].Batch is { } batch)
                    conflicts[i] = _writer.Apply(batch);
                else
                    _writer.Forget(group[i].Partition, group[i].ForgottenEntries);
            }

            committing = true;
            _writer.Commit();
        }
        catch (Exception failure)
        {
            // Closing rolls back; the next group opens the file anew.
            _writer?.Dispose();
            _writer = null;
            var outcome = committing ? "it is unknown whether the change was stored" : "the change was not stored";
            var unavailable = SqliteFailure.Explain(_file, outcome, failure);
            foreach (var write in group)
                write.Done.TrySetException(unavailable);
            return;
        }

        for (var i = 0; i < group.Count; i++)
        {
            if (conflicts[i] is { } conflict)
                group[i].Done.TrySetException(conflict);
            else
                group[i].Done.TrySetResult();
        }
    }
}
