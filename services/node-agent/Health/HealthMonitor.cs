using System.Collections.Concurrent;
using Kontena.Contracts.Services;
using Kontena.NodeAgent.Instances;
using Kontena.NodeAgent.Orders;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kontena.NodeAgent.Health;

/// <summary>Checks every ready container whose service asks for it; after several failures in a row it is restarted (runtime.md §3.11).</summary>
/// <remarks>The original restarted after one failure; here the number is a setting, three by default. The check belongs to one start of one
/// container: another start begins with the initial delay again. A signal sent to the container changes nothing.</remarks>
internal sealed class HealthMonitor(
    InstanceSupervisor supervisor, OrderBook orders, NodeAgentOptions options, TimeProvider time, ILogger<HealthMonitor> logger) : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private readonly ConcurrentDictionary<Start, Task> _checks = new();

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Look, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            foreach (var worker in supervisor.Workers)
            {
                if (CheckOf(worker) is not null && worker.Seen is { } seen)
                    _ = _checks.GetOrAdd(Start.Of(seen), start => CheckAsync(worker, start, stoppingToken));
            }

            foreach (var (start, _) in _checks.Where(pair => pair.Value.IsCompleted).ToList())
                _checks.TryRemove(start, out _);
        }
    }

    /// <summary>The check to make now, or null when the container is not ready or none is asked for.</summary>
    private HealthCheckSpec? CheckOf(InstanceWorker worker) =>
        worker.Seen is { Running: true } seen && worker.Memory.Ready == Start.Of(seen) ? orders.Find(worker.InstanceId)?.Spec?.HealthCheck : null;

    private async Task CheckAsync(InstanceWorker worker, Start start, CancellationToken stoppingToken)
    {
        await Task.Yield();
        var failures = 0;
        var began = false;
        while (CheckOf(worker) is { } check && worker.Seen is { } seen && Start.Of(seen) == start)
        {
            var pause = TimeSpan.FromSeconds(Math.Clamp(began ? check.Interval : check.InitialDelay, began ? 1 : 0, 86_400));
            began = true;
            await Task.Delay(pause, time, stoppingToken);
            if (worker.Seen is not { Running: true } now || Start.Of(now) != start)
                return;
            var reason = await TryAsync(worker, now, check, stoppingToken);
            failures = reason is null ? 0 : failures + 1;
            var restart = failures >= options.HealthFailures;
            if (reason is not null)
                logger.LogWarning("Health check of {Container} failed ({Failures} of {Limit}): {Reason}", now.Name, failures, options.HealthFailures, reason);
            worker.OnHealth(now.Id, reason is null ? "healthy" : "unhealthy", time.GetUtcNow(), restart);
            if (restart)
                failures = 0;
        }
    }

    private async Task<string?> TryAsync(InstanceWorker worker, ContainerSight seen, HealthCheckSpec check, CancellationToken cancellationToken)
    {
        var host = orders.Find(worker.InstanceId)?.Spec?.Net == "host" ? "127.0.0.1" : seen.Address;
        if (host is null)
            return "the container has no address at which this node reaches it";
        var timeout = TimeSpan.FromSeconds(Math.Clamp(check.Timeout, 1, 3600));
        return check.Protocol == "http"
            ? await UntilHttpOk.AnswersAsync(host, check.Port, check.Uri, timeout, time, cancellationToken)
            : await UntilPortOpens.OpensAsync(host, check.Port, timeout, time, cancellationToken);
    }
}
