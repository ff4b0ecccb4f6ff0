using Kontena.Docker;
using Kontena.NodeAgent.Instances;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kontena.NodeAgent.Engine;

/// <summary>Follows the engine's events and wakes whom they concern. After a break it resumes from the last event, so that none is lost,
/// and asks for a full look all the same.</summary>
internal sealed class EngineEventWatcher(
    IContainerEngine engine, InstanceSupervisor supervisor, TimeProvider time, ILogger<EngineEventWatcher> logger) : BackgroundService
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var since = time.GetUtcNow();
        var pause = ShortestPause;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await foreach (var happened in engine.EventsAsync(since, stoppingToken))
                {
                    pause = ShortestPause;
                    if (happened.At > since)
                        since = happened.At;
                    if (happened.Action is "die" or "start" or "destroy" or "oom" or "pause" or "unpause"
                        || happened.Action.StartsWith("health_status", StringComparison.Ordinal))
                        supervisor.OnEvent(happened);
                }
            }
            catch (Exception error) when (!stoppingToken.IsCancellationRequested)
            {
                // Whatever broke the stream: it is opened again, and the full look finds what it did not tell.
                logger.LogDebug("Engine events broke off: {Reason}", error.Message);
            }

            await Task.Delay(pause, time, stoppingToken);
            pause = pause * 2 < LongestPause ? pause * 2 : LongestPause;
            supervisor.LookNow();
        }
    }
}
