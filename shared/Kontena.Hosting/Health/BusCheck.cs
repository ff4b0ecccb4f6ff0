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
        var reason = side.WaitsFor;
        if (reason is null && health.Status == BusHealthStatus.Healthy)
            return Task.FromResult(HealthCheckResult.Healthy($"{side.Name} connection to {transport.Title} is open"));
        var closed = string.Join(", ", health.Endpoints.Values
            .Where(endpoint => endpoint.Status != BusHealthStatus.Healthy)
            .Select(endpoint => endpoint.InputAddress.AbsolutePath.Split('/')[^1])
            .Where(side.Reads)
            .Order(StringComparer.Ordinal)
            .Take(5));
        return Task.FromResult(HealthCheckResult.Unhealthy(
            $"{side.Name} connection to {transport.Title} is not open"
            + (reason is null ? "" : $": {reason}")
            + (closed.Length > 0 ? $" (waiting queues: {closed})" : "")
            + "; the process keeps trying and goes on by itself once the broker answers"));
    }
}
