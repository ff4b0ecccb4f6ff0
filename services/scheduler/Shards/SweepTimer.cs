using Kontena.Contracts.Deploys;
using Kontena.Contracts.Messaging;
using Kontena.Hosting.Bus;

namespace Kontena.Scheduler.Shards;

/// <summary>Every two seconds says "look" to each shard that has a grid.</summary>
internal sealed partial class SweepTimer(IControlBus bus, GridDirectory directory, TimeProvider time, ILogger<SweepTimer> logger)
    : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(2);
    private bool _failing;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                var grids = await directory.AllAsync(stoppingToken);
                foreach (var shard in grids.Select(Queues.ShardOf).Distinct().Order())
                    await bus.SendAsync(Destination.Queue(Queues.SchedulerShard(shard)), new SweepShard { Shard = shard }, stoppingToken);
                if (_failing)
                    LogBack();
                _failing = false;
            }
            catch (Exception cause) when (!stoppingToken.IsCancellationRequested)
            {
                // Store or broker is away: the next tick tries again; said once until it works.
                if (!_failing)
                    LogAway(cause.Message);
                _failing = true;
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Sweeps wait: {Reason}")]
    private partial void LogAway(string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "Sweeps go on")]
    private partial void LogBack();
}
