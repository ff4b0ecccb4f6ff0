using Kontena.Contracts.Messaging;
using Kontena.Contracts.Volumes;
using Kontena.Docker;
using Kontena.Hosting.Bus;
using Kontena.NodeAgent.Instances;
using Kontena.NodeAgent.Registration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kontena.NodeAgent.Volumes;

/// <summary>Says which of the grid's volumes this node has: all of them at the start, when it joined, and every half hour; and each when it is made.</summary>
internal sealed class VolumeReporter(
    VolumeBoard board, IContainerEngine engine, NodeMembership membership, IControlBus bus, TimeProvider time, ILogger<VolumeReporter> logger)
    : BackgroundService
{
    private static readonly TimeSpan All = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);
    private readonly Signal _tellAll = new();

    /// <summary>Whoever listens now may not have heard what was said before.</summary>
    public void TellAll() => _tellAll.Set();

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(SendAsync(stoppingToken), ListAsync(stoppingToken));

    private async Task ListAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            var done = membership.Current is null || await TryListAsync(cancellationToken);
            using var due = new CancellationTokenSource(done ? All : Pause, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(due.Token, cancellationToken);
            try
            {
                await _tellAll.WaitAsync(either.Token);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
            }
        }
    }

    private async Task<bool> TryListAsync(CancellationToken cancellationToken)
    {
        try
        {
            var grid = membership.Current!.Grid;
            foreach (var there in await engine.ListVolumesAsync([$"{ManagedLabels.GridName}={grid}", ManagedLabels.VolumeId], cancellationToken))
            {
                if (there.Labels.GetValueOrDefault(ManagedLabels.VolumeName) is { } volume)
                    board.Listed(there.Name, volume, there.Labels[ManagedLabels.VolumeId]);
            }

            return true;
        }
        catch (Exception error) when (error is EngineException or EngineUnavailableException)
        {
            logger.LogDebug("Volumes can't be listed yet: {Reason}", error.Message);
            return false;
        }
    }

    private async Task SendAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            await board.NewsAsync(cancellationToken);
            while (board.Take() is { Count: > 0 } waiting)
            {
                if (!await SendAsync(waiting, cancellationToken))
                    await Task.Delay(Pause, time, cancellationToken);
            }
        }
    }

    private async Task<bool> SendAsync(IReadOnlyList<VolumeObserved> waiting, CancellationToken cancellationToken)
    {
        var sent = true;
        foreach (var observed in waiting)
        {
            try
            {
                await bus.SendAsync(Destination.Report(observed.Grid, "volume"), observed, cancellationToken);
            }
            catch (TimeoutException error)
            {
                logger.LogDebug("Report of volume {Volume} waits: {Reason}", observed.Name, error.Message);
                board.Failed(observed);
                sent = false;
            }
        }

        return sent;
    }
}
