using Kontena.Contracts.Instances;
using Kontena.Docker;
using Microsoft.Extensions.Logging;

namespace Kontena.NodeAgent.Instances.Steps;

/// <summary>Creates the container under the instance's name, or the name of its successor.</summary>
internal sealed record CreateContainer(string Name) : InstanceStep
{
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
            // Ours after all, for instance created just before a crash: adopted, and planned from.
            context.Seen = await NameConflict.HolderAsync(context, Name, error, cancellationToken);
            throw new StepFailedException($"container {Name} is there already", TimeSpan.Zero);
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
        var secrets = OpenSecrets.Prepare(context);
        var node = context.Tools.Membership.Current?.Node ?? "";
        return ContainerBlueprint.Of(context.Order.InstanceId, context.Order.Generation, spec, node, context.Memory.Image?.Details, volumesFrom,
            context.Tools.NameServer.Address?.ToString(), context.Tools.NameServer.EngineAnswersSome,
            secrets.Env, secrets.Files.Count == 0 ? null : context.Tools.SecretFiles.DirectoryOf(context.Order.InstanceId, spec.ServiceRevision));
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
}
