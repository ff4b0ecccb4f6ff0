using Kontena.Docker;
using Kontena.NodeAgent.Instances;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kontena.NodeAgent.Leases;

/// <summary>Stops containers whose lease is over while their worker is busy with something that takes its time, such as a hook. Idle workers see to it themselves.</summary>
internal sealed class LeaseGuard(InstanceSupervisor supervisor, InstanceTools tools, ILogger<LeaseGuard> logger) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(2);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, tools.Time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            if (tools.Leases.Any)
                await Task.WhenAll(supervisor.Workers.Where(IsOverdue).Select(worker => StopAsync(worker, stoppingToken)));
        }
    }

    private bool IsOverdue(InstanceWorker worker) =>
        worker is { Idle: false, Seen.Running: true } && tools.Leases.Left(tools.Orders.Find(worker.InstanceId)) == TimeSpan.Zero;

    private async Task StopAsync(InstanceWorker worker, CancellationToken cancellationToken)
    {
        try
        {
            var grace = tools.Orders.Find(worker.InstanceId)?.Spec?.StopGracePeriod ?? 10;
            await tools.Engine.StopContainerAsync(worker.Seen!.Id, TimeSpan.FromSeconds(grace), cancellationToken);
        }
        catch (Exception error) when (error is EngineException or EngineUnavailableException)
        {
            logger.LogWarning("Container of instance {Instance} can't be stopped though its lease is over: {Reason}", worker.InstanceId, error.Message);
        }
    }
}
