using Kontena.Hosting.Bus;
using MassTransit;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Kontena.Hosting.Health;

/// <summary>Says whether one bus is connected and its queues are open.</summary>
internal abstract class BusCheck(IBusControl bus, BusSide side, BusTransport transport) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var health = bus.CheckHealth();
        if (health.Status == BusHealthStatus.Healthy)
            return Task.FromResult(HealthCheckResult.Healthy($"{side.Name} connection to {transport.Title} is open"));
        var closed = health.Endpoints.Values
            .Where(endpoint => endpoint.Status != BusHealthStatus.Healthy)
            .Select(endpoint => endpoint.InputAddress.AbsolutePath.Split('/')[^1])
            .Where(side.Reads)
            .Order(StringComparer.Ordinal)
            .Take(5);
        var queues = string.Join(", ", closed);
        return Task.FromResult(HealthCheckResult.Unhealthy(
            $"{side.Name} connection to {transport.Title} is not open"
            + (queues.Length > 0 ? $" (waiting queues: {queues})" : "")
            + "; the process keeps trying and goes on by itself once the broker answers"));
    }
}
