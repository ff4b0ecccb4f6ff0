using Kontena.Contracts.Instances;
using Kontena.Contracts.Jobs;
using Kontena.Contracts.Services;
using Kontena.Core.Services;
using Kontena.Scheduler.InstanceSpecs;
using Kontena.Scheduler.Snapshots;

namespace Kontena.Scheduler.Deploys;

/// <summary>What a service waits for in a stack deploy, beyond the deploys of those it links to (<c>depends_on</c> with
/// <c>condition: healthy</c> or <c>completed</c>). Pure.</summary>
internal static class StackDependencies
{
    private const string Healthy = "healthy";

    /// <summary>What is not as it should be, as a part of a sentence about the service; null when all is.</summary>
    public static string? Unmet(GridDraft draft, Service service)
    {
        foreach (var dependency in service.Spec.DependsOn)
        {
            // One that has left the stack is waited for no longer.
            if (draft.Services.Find(Service.DocumentId(service.Stack, dependency.Service)) is not { RemovedAt: null } target)
                continue;
            var unmet = dependency.Condition == DependencyRules.Completed ? Incomplete(draft, target) : Unhealthy(draft, target);
            if (unmet is not null)
                return $"depends on {target.Name}, {unmet}";
        }

        return null;
    }

    /// <summary>Whether something that is to be completed before the service is not: the service stays as it is.</summary>
    public static bool AwaitsCompletion(GridDraft draft, Service service) => service.Spec.DependsOn.Any(dependency =>
        dependency.Condition == DependencyRules.Completed
        && draft.Services.Find(Service.DocumentId(service.Stack, dependency.Service)) is { RemovedAt: null } target && Incomplete(draft, target) is not null);

    // One that nobody checks would never be healthy.
    private static string? Unhealthy(GridDraft draft, Service target)
    {
        if (target.Spec.HealthCheck is null)
            return null;
        var unhealthy = draft.InstancesOf(target.Uid)
            .Where(one => one.Desired == DesiredState.Running)
            .FirstOrDefault(one => draft.ObservedOf(one)?.Health != Healthy);
        if (unhealthy is null)
            return null;
        var name = InstanceNames.Container(target.Stack, target.Name, unhealthy.Number);
        return $"of which {name} on {unhealthy.Node} is {draft.ObservedOf(unhealthy)?.Health ?? "not checked yet"}";
    }

    // Its deploy, which comes before in a stack deploy, ends well only when its run did; this is for one that was changed or has failed since.
    private static string? Incomplete(GridDraft draft, Service target)
    {
        if (!target.Spec.RunAtDeploy)
            return null;
        // The deploys of a service are in order whatever the clocks of the schedulers say that wrote them.
        var newest = draft.Runs.By(Groupings.RunsOfService).Of(target.Uid).Values
            .Where(run => run.DeployId is not null)
            .OrderByDescending(run => draft.ServiceDeploys.Find(run.DeployId!)?.DeployRev, StringComparer.Ordinal)
            .ThenByDescending(run => run.CreatedAt).FirstOrDefault();
        if (newest is null || newest.ServiceRevision != target.Revision)
            return $"of which revision {target.Revision} has not been run";
        return newest.State == RunState.Succeeded ? null : $"whose run {newest.Id} is {newest.State.ToString().ToLowerInvariant()}";
    }
}
