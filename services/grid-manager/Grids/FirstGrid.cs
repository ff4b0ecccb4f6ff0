using Kontena.Contracts.Grids;
using Kontena.GridManager.Decisions;
using Kontena.State;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kontena.GridManager.Grids;

/// <summary>Makes the grid that the settings name, as soon as the store is there, so that a fresh platform has one.</summary>
internal sealed class FirstGrid(FirstGridOptions options, GridLedger ledger, TimeProvider time, ILogger<FirstGrid> logger) : BackgroundService
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(15);
    private readonly TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Ends when the grid is there, or none was asked for. A node that asks to join before must not be told that there is no such grid.</summary>
    public Task Settled => _settled.Task;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var pause = TimeSpan.FromMilliseconds(250);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (options.Name is not null)
                    await EnsureAsync(stoppingToken);
                _settled.TrySetResult();
                return;
            }
            catch (Exception exception) when (exception is StateUnavailableException or StateConflictException)
            {
                logger.LogWarning("Grid {Grid} can't be made yet, trying again in {Pause}: {Reason}", options.Name, pause, exception.Message);
                await Task.Delay(pause, time, stoppingToken);
                pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            }
        }
    }

    internal async Task EnsureAsync(CancellationToken cancellationToken)
    {
        var token = options.Token ?? GridConsumer.NewToken();
        var result = await ledger.DecideAboutGridsAsync((grids, now) =>
        {
            if (grids.FirstOrDefault(grid => grid.Value.Name == options.Name) is not { } existing)
                return CreateGridDecision.Decide(grids, new CreateGrid { Name = options.Name, Token = token }, now, seed: 0, token);
            if (options.Token is not null && options.Token != existing.Value.Token)
                logger.LogWarning("Grid {Grid} exists with another token than Kontena:Grid:Token; agents need the grid's own", options.Name);
            return Decision.Unchanged();
        }, cancellationToken);
        foreach (var error in result.Errors)
            logger.LogError("Grid {Grid} from Kontena:Grid:Name can't be made: {Field} {Message}", options.Name, string.Join('.', error.Path), error.Message);
    }
}
