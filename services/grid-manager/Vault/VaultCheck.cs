using Kontena.State;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Kontena.GridManager.Vault;

/// <summary>Degraded while the vault can't be opened here: everything but secrets goes on.</summary>
internal sealed class VaultCheck(VaultKeys keys) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            return await keys.ProblemAsync(cancellationToken) is { } problem ? HealthCheckResult.Degraded(problem) : HealthCheckResult.Healthy("the vault's keys are here, or not needed yet");
        }
        catch (StateUnavailableException away)
        {
            return HealthCheckResult.Degraded($"the vault's keys are not looked at: {away.Message}");
        }
    }
}
