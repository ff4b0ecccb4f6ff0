using Kontena.Contracts.Audit;
using Kontena.Contracts.Commands;
using Kontena.Contracts.Messaging;
using Kontena.Hosting.Bus;
using Microsoft.Extensions.Hosting;

namespace Kontena.Api.Audit;

/// <summary>Has written down, once a minute, whom this api has refused. Nobody who is refused waits for it.</summary>
internal sealed class RefusalReporter(RefusalWindow window, IControlBus bus, ApiOptions options, TimeProvider time, ILogger<RefusalReporter> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(1);

    internal async Task ReportAsync(CancellationToken cancellationToken)
    {
        if (window.Take() is not { } taken)
            return;
        try
        {
            await bus.AskAsync<NoteRefusals, CommandResult>(Destination.GridManager, taken, options.CommandTimeout, cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            window.GiveBack(taken);
            logger.LogWarning("Refusals could not be written into the audit log; they are kept for the next minute: {Reason}", exception.Message);
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            await ReportAsync(stoppingToken);
    }
}
