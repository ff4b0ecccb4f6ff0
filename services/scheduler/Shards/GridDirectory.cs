using Kontena.Contracts.Messaging;
using Kontena.Scheduler.Snapshots;

namespace Kontena.Scheduler.Shards;

/// <summary>Which grids there are, at most ten seconds old. New ones are also met through their first message.</summary>
internal sealed class GridDirectory(GridSnapshots snapshots, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(10);

    private readonly SemaphoreSlim _reading = new(1, 1);
    private IReadOnlyList<string> _grids = [];
    private DateTimeOffset _readAt;

    public async Task<IReadOnlyList<string>> OfShardAsync(int shard, CancellationToken cancellationToken) =>
        [.. (await AllAsync(cancellationToken)).Where(grid => Queues.ShardOf(grid) == shard)];

    public async Task<IReadOnlyList<string>> AllAsync(CancellationToken cancellationToken)
    {
        await _reading.WaitAsync(cancellationToken);
        try
        {
            if (time.GetUtcNow() - _readAt < MaxAge)
                return _grids;
            _grids = await snapshots.GridNamesAsync(cancellationToken);
            _readAt = time.GetUtcNow();
            return _grids;
        }
        finally
        {
            _reading.Release();
        }
    }

    public void Dispose() => _reading.Dispose();
}
