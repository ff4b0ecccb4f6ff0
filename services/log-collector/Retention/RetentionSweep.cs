using Kontena.LogCollector.Storage;
using Microsoft.Extensions.Hosting;

namespace Kontena.LogCollector.Retention;

/// <summary>Removes what is too old or too much, every few minutes.</summary>
internal sealed class RetentionSweep(ILogStore store, TimeProvider time, ILogger<RetentionSweep> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Task.Yield();
        using var timer = new PeriodicTimer(Every, time);
        do
        {
            try
            {
                await store.TrimAsync(stoppingToken);
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                logger.LogWarning(exception, "old log segments could not be removed; the next sweep tries again");
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
