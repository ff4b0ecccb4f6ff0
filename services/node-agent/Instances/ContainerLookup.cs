using Kontena.Docker;

namespace Kontena.NodeAgent.Instances;

/// <summary>Finds the container of an instance on the engine: by what is known of it, else by its label.</summary>
internal static class ContainerLookup
{
    /// <param name="known">The id or name it had at the last look; null when there was none.</param>
    /// <param name="name">What the order calls it; null without one.</param>
    public static async Task<ContainerSight?> FindAsync(
        IContainerEngine engine, string instanceId, string? known, string? name, CancellationToken cancellationToken)
    {
        var details = known is null && name is null ? null : await engine.InspectContainerAsync(known ?? name!, cancellationToken);
        if (details is null && known is not null && name is not null && known != name)
            details = await engine.InspectContainerAsync(name, cancellationToken);
        if (details is null || !IsOf(instanceId, details))
            details = await FindByLabelAsync(engine, instanceId, cancellationToken);
        return details is null ? null : ContainerSight.Of(details);
    }

    /// <summary>The container that is being started to take the place of the one found; null when there is none.</summary>
    /// <param name="name">What the order calls the instance.</param>
    /// <param name="found">The instance's container: it may be the successor itself, when nothing else is left.</param>
    public static async Task<ContainerSight?> FindSuccessorAsync(
        IContainerEngine engine, string instanceId, string name, ContainerSight? found, CancellationToken cancellationToken)
    {
        var details = await engine.InspectContainerAsync(SuccessorName.Of(name), cancellationToken);
        return details is null || !IsOf(instanceId, details) || details.Id == found?.Id ? null : ContainerSight.Of(details);
    }

    /// <summary>The name may have been changed by hand, or be unknown: the label stays.</summary>
    private static async Task<ContainerDetails?> FindByLabelAsync(IContainerEngine engine, string instanceId, CancellationToken cancellationToken)
    {
        var labels = new[] { $"{ManagedLabels.InstanceId}={instanceId}", $"{ManagedLabels.Type}={ManagedLabels.ContainerType}" };
        var listed = await engine.ListContainersAsync(labels, cancellationToken);
        return listed.Count == 0 ? null : await engine.InspectContainerAsync(listed[0].Id, cancellationToken);
    }

    private static bool IsOf(string instanceId, ContainerDetails details) =>
        details.Labels.GetValueOrDefault(ManagedLabels.InstanceId) == instanceId
        && details.Labels.GetValueOrDefault(ManagedLabels.Type) == ManagedLabels.ContainerType;
}
