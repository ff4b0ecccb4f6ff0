using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Kontena.State;

/// <summary>Ready means that the store answers.</summary>
internal sealed class StateHealthCheck(IStateStore store) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await store.PingAsync(cancellationToken);
            return HealthCheckResult.Healthy("the state store answers");
        }
        catch (StateUnavailableException failure)
        {
            return HealthCheckResult.Unhealthy(failure.Message);
        }
    }
}
