using Kontena.Contracts.Instances;
using Kontena.Docker;
using Kontena.NodeAgent.Orders;
using Kontena.NodeAgent.Volumes;
using Microsoft.Extensions.Logging;

namespace Kontena.NodeAgent.Instances.Steps;

/// <summary>The volumes the container mounts by name are there: those of the grid, and one per data path of a stateful instance.</summary>
internal sealed record EnsureVolumes : InstanceStep
{
    private static readonly TimeSpan SoonGone = TimeSpan.FromSeconds(1);

    public override string Describe() => "ensure volumes";

    public override async Task RunAsync(StepContext context, CancellationToken cancellationToken)
    {
        var spec = context.Spec;
        foreach (var mount in spec.Volumes.Where(mount => mount.Volume is not null))
        {
            await EnsureAsync(context, mount.Volume!, mount.Source, cancellationToken);
        }

        var wanted = DataVolumes.Of(spec, context.Memory.Image?.Details);
        if (wanted.Count == 0)
            return;
        var former = (await context.Tools.Engine.ListVolumesAsync([$"{ManagedLabels.Name}={spec.Name}"], cancellationToken))
            .ToDictionary(volume => volume.Name, volume => volume.Labels.GetValueOrDefault(ManagedLabels.InstanceId), StringComparer.Ordinal);
        foreach (var (path, volume) in wanted)
        {
            if (former.TryGetValue(volume, out var owner))
                await TakeOverAsync(context, volume, owner, cancellationToken);
            var labels = ManagedLabels.OfDataVolume(context.Order.InstanceId, spec, path);
            await context.Tools.Engine.EnsureVolumeAsync(new VolumeConfig { Name = volume, Labels = labels }, cancellationToken);
        }
    }

    /// <exception cref="StepFailedException">What is there is something else, or the driver can't make it.</exception>
    private static async Task EnsureAsync(StepContext context, string name, VolumeSource? source, CancellationToken cancellationToken)
    {
        var (engine, grid) = (context.Tools.Engine, context.Spec.Grid);
        if (source is null)
        {
            var labels = new Dictionary<string, string> { [ManagedLabels.GridName] = grid, [ManagedLabels.Type] = "volume" };
            await engine.EnsureVolumeAsync(new VolumeConfig { Name = name, Labels = labels }, cancellationToken);
            return;
        }

        var there = await engine.InspectVolumeAsync(name, cancellationToken);
        if (there is not null && GridVolumes.Obstacle(there, grid, source) is { } obstacle)
            throw new StepFailedException(obstacle);
        if (there is null)
            await MakeAsync(engine, name, grid, source, cancellationToken);
        else if (!GridVolumes.IsOf(there, grid, source.Uid))
            context.Tools.Logger.LogWarning("Instance {Instance} mounts Docker volume {Volume}, which Kontena did not make; it is never removed by us", context.Order.Name, name);
        context.Tools.Volumes.Present(name, source.Volume, source.Uid);
    }

    private static async Task MakeAsync(IContainerEngine engine, string name, string grid, VolumeSource source, CancellationToken cancellationToken)
    {
        try
        {
            await engine.EnsureVolumeAsync(
                new VolumeConfig
                {
                    Name = name, Driver = source.Driver, DriverOptions = source.DriverOpts, Labels = GridVolumes.Labels(grid, name, source),
                },
                cancellationToken);
        }
        catch (EngineException error)
        {
            throw new StepFailedException(
                $"volume {name} of volume {source.Volume} can't be made with driver {source.Driver}: {error.Message.TrimEnd('.')}. "
                + $"Look at the driver on this node, and at the options in: kontena volume show {source.Volume}");
        }
    }

    /// <summary>Data of an earlier instance of this name that was kept is found again; data whose instance still lives here or is to lose it is waited
    /// for, as it would be gone in the next gap between two containers (design law 5).</summary>
    private static async Task TakeOverAsync(StepContext context, string volume, string? owner, CancellationToken cancellationToken)
    {
        var own = context.Order.InstanceId;
        var orders = context.Tools.Orders;
        if (orders.Find(own)?.AdoptedVolumes.Contains(volume) == true)
            return;
        var others = orders.All.Where(other => other.InstanceId != own && (other.InstanceId == owner || other.AdoptedVolumes.Contains(volume))).ToList();
        if (others.Count == 0 && (owner is null || owner == own))
            return;
        var living = others.Where(other => other is not { Desired: DesiredState.Removed, Done: true }).ToList();
        if (living.Count > 0 && !await IsMountedAsync(context, volume, cancellationToken))
        {
            throw living.TrueForAll(other => other.Desired == DesiredState.Removed)
                ? new StepFailedException($"the removal of an earlier instance is not done with volume {volume}", SoonGone)
                : new StepFailedException($"volume {volume} holds data of instance {living[0].InstanceId}, which this node was not told to remove. Remove that instance first.");
        }

        await orders.MarkAdoptedAsync(own, volume, cancellationToken);
        context.Tools.Logger.LogWarning("Instance {Instance} takes over volume {Volume} of the earlier instance {Owner}", context.Order.Name, volume, owner);
    }

    private static async Task<bool> IsMountedAsync(StepContext context, string volume, CancellationToken cancellationToken) =>
        context.Seen is { } seen
        && await context.Tools.Engine.InspectContainerAsync(seen.Id, cancellationToken) is { } details
        && details.Mounts.Any(mount => mount.Name == volume);
}
