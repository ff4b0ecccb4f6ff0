using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kontena.Hosting.Bus;

/// <summary>Starts a bus again that does not come back by itself although its broker answers, and drops a connection that has ended without anybody seeing it.</summary>
/// <remarks>
/// MassTransit takes a call to the broker that times out for the wish to stop, and gives up the queue for ever. That happens when the broker dies
/// while a queue is being opened, or comes back before its queues have found their leaders.
/// </remarks>
internal sealed partial class BusRevival(IBusControl bus, BusSide side, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<BusRevival> logger) : BackgroundService
{
    /// <summary>
    /// How long a bus may be not ready, with a broker that answers, before it is started again. Longer than MassTransit's own longest pause: a bus
    /// that is stopped in the middle of coming back comes back without its queues.
    /// </summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);

    /// <summary>The same after it has given up a queue, which it never opens again.</summary>
    private static readonly TimeSpan PatienceAfterGivingUp = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long nothing that is sent may be confirmed over a connection that nobody has seen end: a host that stood still for a while may not notice that the broker has
    /// closed it meanwhile. Longer than TCP and AMQP take to notice all else; an attempt to connect begins this anew.
    /// </summary>
    private static readonly TimeSpan PatienceWithSilence = TimeSpan.FromSeconds(8);

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    /// <summary>MassTransit waits for two answers of the broker in a row when it stops, each as long as a call may take. Started before that is over, it does not start.</summary>
    private static readonly TimeSpan StepLimit = TimeSpan.FromSeconds(30);

    /// <summary>How often in a row a bus that was stopped may fail to start. MassTransit does not start one again whose end it did not see through; a new process does.</summary>
    private const int MostFailedStarts = 2;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        DateTimeOffset? since = null;
        var gaveUp = false;
        var failedStarts = 0;
        while (true)
        {
            await Task.Delay(Look, time, stoppingToken);
            if (side.WaitsFor is null && side.SilentFor(time) >= PatienceWithSilence)
            {
                LogDropping(side.Name);
                side.Heard();
                side.Drop();
            }

            if (side.WaitsFor is not null || bus.CheckHealth().Status == BusHealthStatus.Healthy)
            {
                since = null;
                side.GaveUp = false;
                gaveUp = false;
                failedStarts = 0;
                continue;
            }

            if (side.GaveUp && !gaveUp)
                since = null;
            gaveUp = side.GaveUp;
            since ??= time.GetUtcNow();
            if (time.GetUtcNow() - since < (gaveUp ? PatienceAfterGivingUp : Patience))
                continue;
            LogStartingAgain(side.Name);
            await BoundedAsync(bus.StopAsync, stoppingToken);
            // What was given up up to now is opened by the start; stopped once more in the middle of that, the bus would come back without its queues.
            side.GaveUp = false;
            failedStarts = await BoundedAsync(async token => await bus.StartAsync(token), stoppingToken) ? 0 : failedStarts + 1;
            if (failedStarts >= MostFailedStarts)
            {
                LogEnding(side.Name);
                Environment.ExitCode = 1;
                lifetime.StopApplication();
                return;
            }

            since = null;
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

    [LoggerMessage(LogLevel.Warning, "The broker confirms nothing over the {Side} connection, though nobody has seen it end; dropping it")]
    private partial void LogDropping(string side);

    [LoggerMessage(LogLevel.Warning, "The {Side} connection does not come back by itself although the broker answers; opening it anew")]
    private partial void LogStartingAgain(string side);

    [LoggerMessage(LogLevel.Error, "The {Side} connection can't be opened anew in this process; it ends, to be started again. Containers run on")]
    private partial void LogEnding(string side);

    [LoggerMessage(LogLevel.Warning, "Opening the {Side} connection anew: {Reason}")]
    private partial void LogStepFailed(string side, string reason);
}
