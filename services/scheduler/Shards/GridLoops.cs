using System.Collections.Concurrent;
using Kontena.Contracts.Commands;
using Kontena.Scheduler.Snapshots;
using Kontena.State;

namespace Kontena.Scheduler.Shards;

/// <summary>The grids this process works on, each with its own loop: they never wait for each other.</summary>
internal sealed class GridLoops(GridSnapshots snapshots, IStateStore store, TimeProvider time, ILogger<GridLoop> logger)
    : IHostedService, IDisposable
{
    /// <summary>Grids of one process; messages for more than that are refused and wait in their queue.</summary>
    private const int Most = 10_000;

    private readonly ConcurrentDictionary<string, Running> _loops = new(StringComparer.Ordinal);
    private readonly Lock _starting = new();
    private readonly CancellationTokenSource _stopping = new();

    /// <inheritdoc cref="GridLoop.PostAsync"/>
    public async Task<CommandResult?> PostAsync(string grid, GridInput input, CancellationToken cancellationToken)
    {
        var running = Loop(grid);
        var answer = await running.Loop.PostAsync(input, cancellationToken);
        if (answer?.Outcome == CommandOutcome.NotFound && !input.IsCommand)
            Retire(grid, running);
        return answer;
    }

    /// <summary>The grid to look at: as its loop knows it, else as it is stored. Null when there is no such grid.</summary>
    public async Task<GridSnapshot?> LookAsync(string grid, CancellationToken cancellationToken) =>
        _loops.TryGetValue(grid, out var running) && running.Loop.Latest is { } latest ? latest : await snapshots.ReadAsync(grid, cancellationToken);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_loops.Values.Select(one => one.Ended)).WaitAsync(cancellationToken);
    }

    public void Dispose() => _stopping.Dispose();

    private Running Loop(string grid)
    {
        if (_loops.TryGetValue(grid, out var found))
            return found;
        lock (_starting)
        {
            if (_loops.TryGetValue(grid, out found))
                return found;
            if (_loops.Count >= Most)
                throw new InvalidOperationException($"this scheduler runs {Most} grids already; start another process for grid {grid}");
            var loop = new GridLoop(grid, snapshots, store, time, logger);
            var stop = CancellationTokenSource.CreateLinkedTokenSource(_stopping.Token);
            return _loops[grid] = new Running(loop, loop.RunAsync(stop.Token), stop);
        }
    }

    // There is no such grid: nothing is kept for names that a message may have made up.
    private void Retire(string grid, Running running)
    {
        if (!_loops.TryRemove(new KeyValuePair<string, Running>(grid, running)))
            return;
        running.Stop.Cancel();
        // Otherwise the process's own token would hold on to every name that was ever made up.
        running.Stop.Dispose();
    }

    private sealed record Running(GridLoop Loop, Task Ended, CancellationTokenSource Stop);
}
