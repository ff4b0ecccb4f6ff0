using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Kontena.GridManager.Grids;

/// <summary>Not ready before the first grid is there: whoever waits for readiness uses it next.</summary>
internal sealed class FirstGridCheck(FirstGrid firstGrid, FirstGridOptions options) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(firstGrid.Settled.IsCompleted
            ? HealthCheckResult.Healthy(options.Name is null ? "no first grid was asked for" : $"grid {options.Name} is there")
            : HealthCheckResult.Unhealthy($"waiting for the state store to make grid {options.Name}"));
}
