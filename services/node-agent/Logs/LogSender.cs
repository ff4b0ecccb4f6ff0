using Kontena.Contracts.Logs;
using Kontena.Contracts.Messaging;
using Kontena.Hosting.Bus;
using Kontena.NodeAgent.Registration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kontena.NodeAgent.Logs;

/// <summary>Sends lines in batches on the data connection: a full batch at once, a part of one after 200 ms. A batch the broker does not
/// take is offered again; the buffer drops its oldest meanwhile.</summary>
internal sealed class LogSender(LogBuffer buffer, LogCursors cursors, NodeMembership membership, IDataBus bus, TimeProvider time, ILogger<LogSender> logger)
    : BackgroundService
{
    private static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan SaveEvery = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var saving = SaveRegularlyAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            await buffer.NewsAsync(stoppingToken);
            if (!buffer.HasBatch)
                await Task.Delay(Linger, time, stoppingToken);
            if (buffer.Take() is { Count: > 0 } lines)
                await SendAsync(lines, stoppingToken);
        }

        await saving;
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await cursors.SaveAsync(cancellationToken);
    }

    private async Task SendAsync(IReadOnlyList<LogLine> lines, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                if (membership.Current is { } joined)
                {
                    await bus.SendAsync(Destination.NodeData, new LogBatch { Grid = joined.Grid, Node = joined.Node, Lines = lines }, cancellationToken);
                    foreach (var line in lines)
                        cursors.Advance(line.ContainerId, line.At);
                    return;
                }
            }
            catch (TimeoutException)
            {
                // Logs wait for the broker; nothing waits for logs.
            }

            await Task.Delay(Pause, time, cancellationToken);
        }
    }

    private async Task SaveRegularlyAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(SaveEvery, time);
        while (await timer.WaitForNextTickAsync(cancellationToken))
        {
            try
            {
                await cursors.SaveAsync(cancellationToken);
            }
            catch (IOException error)
            {
                logger.LogWarning("Log positions can't be written ({Reason}); after a restart of the agent some lines come twice", error.Message);
            }
        }
    }
}
