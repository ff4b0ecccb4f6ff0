using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kontena.Hosting.Bus;

/// <summary>Starts a bus again that does not come back by itself although its broker answers, or has lost a queue without knowing, and drops a connection that has ended without anybody seeing it.</summary>
/// <remarks>
/// MassTransit takes a call to the broker that times out for the wish to stop, and gives up the queue for ever. That happens when the broker dies
/// while a queue is being opened, or comes back before its queues have found their leaders. When to do what: <see cref="RevivalPlan"/>.
/// </remarks>
internal sealed partial class BusRevival(IBusControl bus, BusSide side, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<BusRevival> logger) : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    /// <summary>MassTransit waits for two answers of the broker in a row when it stops, each as long as a call may take. Started before that is over, it does not start.</summary>
    internal static readonly TimeSpan StepLimit = TimeSpan.FromSeconds(30);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var plan = new RevivalPlan();
        while (true)
        {
            await Task.Delay(Look, time, stoppingToken);
            var ready = bus.CheckHealth().Status == BusHealthStatus.Healthy;
            (plan, var step) = plan.After(new BusSight(time.GetUtcNow(), side.WaitsFor is not null, ready, side.TakeGaveUp(), side.SilentFor(time), side.Confirmed, side.IsAdrift, side.Unread.Count > 0));
            switch (step)
            {
                case RevivalStep.Drop:
                    LogDropping(side.Name, side.IsAdrift ? "the address that it begins at is gone" : "the broker confirms nothing, though nobody has seen it end");
                    side.Drop();
                    break;
                case RevivalStep.StartAgain:
                    if (ready)
                        LogUnread(side.Name, string.Join(", ", side.Unread));
                    else
                        LogStartingAgain(side.Name);
                    await BoundedAsync(bus.StopAsync, stoppingToken);
                    // What was given up up to now is opened by the start; stopped once more in the middle of that, the bus would come back without its queues.
                    _ = side.TakeGaveUp();
                    plan = plan.AfterStart(failed: !await BoundedAsync(async token => await bus.StartAsync(token), stoppingToken));
                    break;
                case RevivalStep.End:
                    LogEnding(side.Name);
                    Environment.ExitCode = 1;
                    lifetime.StopApplication();
                    return;
            }
        }
    }

    /// <summary>A step that fails or takes too long is not waited for: the next look decides again.</summary>
    private async Task<bool> BoundedAsync(Func<CancellationToken, Task> step, CancellationToken stoppingToken)
    {
        try
        {
            await step(stoppingToken).WaitAsync(StepLimit, time, stoppingToken);
            return true;
        }
        catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
        {
            LogStepFailed(side.Name, exception.Message);
            return false;
        }
    }

    [LoggerMessage(LogLevel.Warning, "Dropping the {Side} connection: {Reason}")]
    private partial void LogDropping(string side, string reason);

    [LoggerMessage(LogLevel.Warning, "The {Side} connection does not come back by itself although the broker answers; opening it anew")]
    private partial void LogStartingAgain(string side);

    [LoggerMessage(LogLevel.Warning, "Opening the {Side} connection anew: nobody reads {Queues} on it")]
    private partial void LogUnread(string side, string queues);

    [LoggerMessage(LogLevel.Error, "The {Side} connection can't be opened anew in this process; it ends, to be started again. Containers run on")]
    private partial void LogEnding(string side);

    [LoggerMessage(LogLevel.Warning, "Opening the {Side} connection anew: {Reason}")]
    private partial void LogStepFailed(string side, string reason);
}
