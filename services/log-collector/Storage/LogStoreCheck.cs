using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Kontena.LogCollector.Storage;

/// <summary>Ready means that the last write to the store went well; a full disk or a directory without rights is said here.</summary>
internal sealed class LogStoreCheck(ILogStore store) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(store.WriteFailure is { } failure
            ? HealthCheckResult.Unhealthy(failure)
            : HealthCheckResult.Healthy("the log store takes lines"));
}
