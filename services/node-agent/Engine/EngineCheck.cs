using Kontena.NodeAgent.Instances;
using Kontena.NodeAgent.Registration;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Kontena.NodeAgent.Engine;

/// <summary>The agent's part of <c>/readyz</c>: the engine answers, the node has joined, and the last look is fresh.</summary>
internal sealed class EngineCheck(InstanceSupervisor supervisor, NodeMembership membership, AgentIdentity identity, TimeProvider time) : IHealthCheck
{
    private static readonly TimeSpan Stale = InstanceSupervisor.FullPass * 4;

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(Check());

    private HealthCheckResult Check()
    {
        if (supervisor.EngineTrouble is { } trouble)
            return HealthCheckResult.Unhealthy($"the container engine can't be asked: {trouble}; start it, or correct Kontena:Docker:Host");
        if (identity.NodeId is null || supervisor.LastPass is not { } last)
            return HealthCheckResult.Unhealthy("waiting for the container engine's first answer");
        if (time.GetUtcNow() - last > Stale)
            return HealthCheckResult.Unhealthy($"the last look at the containers is {(time.GetUtcNow() - last).TotalSeconds:0} s old");
        if (membership.Refusal is { } refusal)
            return HealthCheckResult.Unhealthy($"the grid refuses this node: {refusal}");
        return membership.Current is { } joined
            ? HealthCheckResult.Healthy($"node {joined.Node} of grid {joined.Grid}")
            : HealthCheckResult.Unhealthy("not joined to a grid yet");
    }
}
