using Kontena.Contracts.Instances;
using Kontena.Contracts.Messaging;
using Kontena.Hosting.Bus;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kontena.NodeAgent.Reports;

/// <summary>Sends what the board holds, a moment after it changes, so that a burst of steps is one report.</summary>
internal sealed class ReportSender(ReportBoard board, IControlBus bus, TimeProvider time, ILogger<ReportSender> logger) : BackgroundService
{
    private static readonly TimeSpan Debounce = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <summary>Reports on their way at once; each is confirmed on its own.</summary>
    private const int AtOnce = 32;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await WaitAsync(stoppingToken);
            await Task.Delay(Debounce, time, stoppingToken);
            while (board.Take(AtOnce) is { Count: > 0 } waiting)
            {
                var sent = await Task.WhenAll(waiting.Select(observed => SendAsync(observed, stoppingToken)));
                if (!sent.All(confirmed => confirmed))
                    await Task.Delay(Pause, time, stoppingToken);
            }
        }
    }

    /// <summary>Until there is news, or something that was held back is due.</summary>
    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        if (board.NextDue() is not { } left)
        {
            await board.NewsAsync(cancellationToken);
            return;
        }

        using var due = new CancellationTokenSource(left, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(due.Token, cancellationToken);
        try
        {
            await board.NewsAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
        }
    }

    private async Task<bool> SendAsync(InstanceObserved observed, CancellationToken cancellationToken)
    {
        try
        {
            await bus.SendAsync(Destination.Report(observed.Grid, "observed"), observed, cancellationToken);
            board.Sent(observed);
            return true;
        }
        catch (TimeoutException error)
        {
            logger.LogDebug("Report of instance {Instance} waits: {Reason}", observed.InstanceId, error.Message);
            board.Failed(observed);
            return false;
        }
    }
}
