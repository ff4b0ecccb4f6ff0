using Kontena.Contracts.Instances;
using Kontena.Docker;
using Kontena.NodeAgent.Orders;
using Microsoft.Extensions.Logging;

namespace Kontena.NodeAgent.Instances.Steps;

/// <summary>Creates the container under the instance's name.</summary>
internal sealed record CreateContainer(string Name) : InstanceStep
{
    private static readonly TimeSpan NameSoonFree = TimeSpan.FromSeconds(1);

    public override string Describe() => $"create container {Name}";

    public override ObservedState? Phase => ObservedState.Creating;

    public override async Task RunAsync(StepContext context, CancellationToken cancellationToken)
    {
        var (tools, spec) = (context.Tools, context.Spec);
        await context.EnterSlotAsync(cancellationToken);
        var config = await ConfigOfAsync(context, cancellationToken);
        try
        {
            var created = await tools.Engine.CreateContainerAsync(Name, config, cancellationToken);
            foreach (var warning in created.Warnings)
                tools.Logger.LogWarning("Container {Container}: {Warning}", Name, warning);
            context.Seen = new ContainerSight
            {
                Id = created.Id,
                Name = Name,
                State = "created",
                InstanceId = context.Order.InstanceId,
                Generation = context.Order.Generation,
                DeployRev = spec.DeployRev,
                ServiceRevision = spec.ServiceRevision,
                StopGracePeriod = spec.StopGracePeriod,
                Stack = spec.Stack,
                Service = spec.Service,
                Number = spec.Number,
                Stateful = spec.Stateful,
                Image = spec.Image,
                ImageId = context.Memory.Image?.Details.Id ?? "",
                ImagePin = config.Labels.GetValueOrDefault(ManagedLabels.ImagePin),
                CreatedAt = context.Now,
            };
        }
        catch (EngineException error) when (error.Status == 409)
        {
            await ExplainConflictAsync(context, error, cancellationToken);
        }
        catch (EngineException error) when (error.Status == 404)
        {
            // The image or the network went away after we looked: both are looked for again.
            context.Memory = context.Memory with { Image = null };
            tools.Images.Forget(spec.Image);
            tools.Network.Forget();
            throw;
        }
    }

    /// <summary>What the container is made of; shared with the hooks that run in one like it.</summary>
    internal static async Task<ContainerConfig> ConfigOfAsync(StepContext context, CancellationToken cancellationToken)
    {
        var spec = context.Spec;
        List<string> volumesFrom = [];
        foreach (var wanted in spec.VolumesFrom)
            volumesFrom.Add(await ResolveAsync(context, wanted, cancellationToken));
        var node = context.Tools.Membership.Current?.Node ?? "";
        return ContainerBlueprint.Of(context.Order.InstanceId, context.Order.Generation, spec, node, context.Memory.Image?.Details, volumesFrom);
    }

    /// <summary><c>X[:ro]</c> names container X, <c>STACK-X</c> or <c>STACK.X</c>, whichever there is (runtime.md §3.8).</summary>
    private static async Task<string> ResolveAsync(StepContext context, string wanted, CancellationToken cancellationToken)
    {
        var parts = wanted.Split(':', 2);
        var spec = context.Spec;
        foreach (var name in (string[])[parts[0], $"{spec.Stack}-{parts[0]}", $"{spec.Stack}.{parts[0]}"])
        {
            if (await context.Tools.Engine.InspectContainerAsync(name, cancellationToken) is not null)
                return parts.Length == 1 ? name : $"{name}:{parts[1]}";
        }

        throw new StepFailedException($"volumes_from names container {parts[0]}, which is not on this node. Place both services on one node, or use a named volume.");
    }

    private async Task ExplainConflictAsync(StepContext context, EngineException error, CancellationToken cancellationToken)
    {
        var holder = await context.Tools.Engine.InspectContainerAsync(Name, cancellationToken);
        if (holder is null)
            throw new StepFailedException($"the name {Name} was taken and is free again", NameSoonFree);
        var sight = ContainerSight.Of(holder);
        if (sight.InstanceId == context.Order.InstanceId)
        {
            // Ours after all, for instance created just before a crash: adopted, and planned from.
            context.Seen = sight;
            throw new StepFailedException($"container {Name} is there already", TimeSpan.Zero);
        }

        if (sight.State == "removing" || IsGoing(context, sight.InstanceId))
            throw new StepFailedException($"container {Name} of an earlier instance is being removed", NameSoonFree);
        throw new StepFailedException(sight.InstanceId is null
            ? $"the name {Name} is taken by container {sight.Id[..Math.Min(12, sight.Id.Length)]}, which Kontena did not make. Rename or remove it. ({error.Message})"
            : $"the name {Name} is taken by container {sight.Id[..Math.Min(12, sight.Id.Length)]} of instance {sight.InstanceId}, which this node was not told to remove. Remove it by hand if it is not needed.");
    }

    private static bool IsGoing(StepContext context, string? instanceId) =>
        instanceId is not null && context.Tools.Orders.Find(instanceId) is InstanceOrder { Desired: DesiredState.Removed };
}
