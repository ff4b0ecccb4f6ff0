using Kontena.Docker;

namespace Kontena.NodeAgent.Instances.Steps;

/// <summary>Gives a container the instance's name, once its predecessor has gone. The names by which others find it are its own since it was made.</summary>
internal sealed record RenameContainer(string ContainerId, string Name) : InstanceStep
{
    public override string Describe() => $"rename the container to {Name}";

    public override async Task RunAsync(StepContext context, CancellationToken cancellationToken)
    {
        try
        {
            await context.Tools.Engine.RenameContainerAsync(ContainerId, Name, cancellationToken);
        }
        catch (EngineException error) when (error.Status == 409)
        {
            context.Stale = true;
            var holder = await NameConflict.HolderAsync(context, Name, error, cancellationToken);
            throw new StepFailedException($"the name {Name} is still that of container {holder.Id}", NameConflict.SoonFree);
        }

        if (context.Seen is { } seen && seen.Id == ContainerId)
            context.Seen = seen with { Name = Name };
    }
}
