using Kontena.Simulation.Tests.Time;
using Kontena.State;

namespace Kontena.Simulation.Tests.Platform;

/// <summary>The store as one process reaches it: every call takes its time, may find nobody there, and may end with the process.</summary>
internal sealed class StoreConnection(World world, SimProcess process, string origin) : IStateStore
{
    private readonly Dice _dice = world.Dice.Fork();

    /// <summary>Told after each commit of this process that sends something: the relay's signal.</summary>
    public Action<string> Committed { get; set; } = static _ => { };

    public Task<StoredDocument?> GetAsync(DocumentKey key, CancellationToken cancellationToken) => Read(() => world.Store.Get(key));

    public Task<IReadOnlyList<StoredDocument>> ListAsync(string partition, string kind, IndexValue? index, CancellationToken cancellationToken) =>
        Read(() => world.Store.List(partition, kind, index));

    public Task<string> MarkAsync(string partition, IReadOnlyList<string> kinds, CancellationToken cancellationToken) =>
        Read(() => world.Store.Mark(partition, kinds));

    public Task<IReadOnlyList<OutboxEntry>> PendingAsync(string partition, int limit, CancellationToken cancellationToken, string? after = null) =>
        Read(() => world.Store.Pending(partition, limit, after));

    public Task<IReadOnlyList<string>> PartitionsWithPendingAsync(CancellationToken cancellationToken) => Read(world.Store.PartitionsWithPending);

    public Task ForgetAsync(string partition, IReadOnlyList<string> entryIds, CancellationToken cancellationToken) => Read<object?>(() =>
    {
        world.Store.Forget(partition, entryIds);
        return null;
    });

    public Task PingAsync(CancellationToken cancellationToken) => Read<object?>(static () => null);

    /// <remarks>On its way there and back alike the process may die: then the batch is applied and nobody knows.</remarks>
    public Task CommitAsync(CommitBatch batch, CancellationToken cancellationToken)
    {
        var done = new TaskCompletionSource();
        world.Timeline.After(Travel(), null, () =>
        {
            var weather = world.Weather;
            if (weather.IsStoreAway)
                Answer(Weather.StorePatience(_dice), () => done.SetException(new StateUnavailableException("nobody answers")));
            else if (weather.IsBatchLate(_dice))
                ApplyLate(batch, done);
            else if (weather.IsConflict(_dice) && batch.Puts.FirstOrDefault(put => put.Key.Kind != StateKeys.SchedulerEpoch.Name) is { } put)
                Answer(Travel(), () => done.SetException(new StateConflictException(put.Key, put.Expected)));
            else
                Apply(batch, done);
        });
        return done.Task;
    }

    private void Apply(CommitBatch batch, TaskCompletionSource done)
    {
        var conflict = world.Commit(process, batch, origin);
        if (conflict is not null)
        {
            Answer(Travel(), () => done.SetException(conflict));
        }
        else if (world.Weather.IsAnswerLost(_dice))
        {
            Answer(Weather.StorePatience(_dice), () => done.SetException(new StateUnavailableException("the answer got lost")));
        }
        else
        {
            Answer(Travel(), () =>
            {
                if (batch.Messages.Count > 0)
                    Committed(batch.Partition);
                done.SetResult();
            });
        }
    }

    // Given up, and applied all the same after that.
    private void ApplyLate(CommitBatch batch, TaskCompletionSource done)
    {
        var patience = Weather.StorePatience(_dice);
        Answer(patience, () => done.SetException(new StateUnavailableException("no answer in time")));
        world.Timeline.After(patience + _dice.Seconds(0, 3), null, () => world.Commit(process, batch, origin));
    }

    private Task<T> Read<T>(Func<T> read)
    {
        var done = new TaskCompletionSource<T>();
        process.After(Travel() + Travel(), () =>
        {
            if (world.Weather.IsStoreAway)
                Answer(Weather.StorePatience(_dice), () => done.SetException(new StateUnavailableException("nobody answers")));
            else
                done.SetResult(read());
        });
        return done.Task;
    }

    private void Answer(TimeSpan after, Action answer) => process.After(after, answer);

    private TimeSpan Travel() => _dice.Milliseconds(0.1, 1.5);
}
