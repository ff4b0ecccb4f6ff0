using Kontena.Contracts.Instances;
using Kontena.Contracts.Services;
using Kontena.Scheduler.InstanceSpecs;
using Kontena.Scheduler.Snapshots;

namespace Kontena.Scheduler.Deploys;

/// <summary>What a service waits for in a stack deploy, beyond the deploys of those it links to (<c>depends_on</c> with
/// <c>condition: healthy</c>). Pure.</summary>
internal static class StackDependencies
{
    private const string Healthy = "healthy";

    /// <summary>What is not as it should be, as a part of a sentence about the service; null when all is.</summary>
    public static string? Unmet(GridDraft draft, Service service)
    {
        foreach (var dependency in service.Spec.DependsOn)
        {
            // One that has left the stack is waited for no longer; nor is one that nobody checks, which would never be healthy.
            if (draft.Services.Find(Service.DocumentId(service.Stack, dependency.Service)) is not { RemovedAt: null, Spec.HealthCheck: not null } target)
                continue;
            var unhealthy = draft.InstancesOf(target.Uid)
                .Where(one => one.Desired == DesiredState.Running)
                .FirstOrDefault(one => draft.ObservedOf(one)?.Health != Healthy);
            if (unhealthy is not null)
            {
                var name = InstanceNames.Container(target.Stack, target.Name, unhealthy.Number);
                return $"depends on {target.Name}, of which {name} on {unhealthy.Node} is {draft.ObservedOf(unhealthy)?.Health ?? "not checked yet"}";
            }
        }

        return null;
    }
}
