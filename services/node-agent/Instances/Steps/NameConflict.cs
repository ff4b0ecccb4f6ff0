using Kontena.Contracts.Instances;
using Kontena.Docker;
using Kontena.NodeAgent.Orders;

namespace Kontena.NodeAgent.Instances.Steps;

/// <summary>Finds out who has the name that a container was to get.</summary>
internal static class NameConflict
{
    public static readonly TimeSpan SoonFree = TimeSpan.FromSeconds(1);

    /// <summary>The container of this very instance that has it.</summary>
    /// <exception cref="StepFailedException">Somebody else has it, for now or until a person does something about it.</exception>
    public static async Task<ContainerSight> HolderAsync(StepContext context, string name, EngineException error, CancellationToken cancellationToken)
    {
        var holder = await context.Tools.Engine.InspectContainerAsync(name, cancellationToken);
        if (holder is null)
            throw new StepFailedException($"the name {name} was taken and is free again", SoonFree);
        var sight = ContainerSight.Of(holder);
        if (sight.InstanceId == context.Order.InstanceId)
            return sight;
        if (sight.State == "removing" || IsGoing(context, sight.InstanceId))
            throw new StepFailedException($"container {name} of an earlier instance is being removed", SoonFree);
        var id = sight.Id[..Math.Min(12, sight.Id.Length)];
        throw new StepFailedException(sight.InstanceId is null
            ? $"the name {name} is taken by container {id}, which Kontena did not make. Rename or remove it. ({error.Message})"
            : $"the name {name} is taken by container {id} of instance {sight.InstanceId}, which this node was not told to remove. Remove it by hand if it is not needed.");
    }

    private static bool IsGoing(StepContext context, string? instanceId) =>
        instanceId is not null && context.Tools.Orders.Find(instanceId) is InstanceOrder { Desired: DesiredState.Removed };
}
