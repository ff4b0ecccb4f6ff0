using Kontena.Docker;

namespace Kontena.NodeAgent.Instances.Steps;

/// <summary>The volumes the container mounts by name are there: the user's own, and one per data path of a stateful instance.</summary>
internal sealed record EnsureVolumes : InstanceStep
{
    public override string Describe() => "ensure volumes";

    public override async Task RunAsync(StepContext context, CancellationToken cancellationToken)
    {
        var spec = context.Spec;
        foreach (var mount in spec.Volumes.Where(mount => mount.Volume is not null))
        {
            var labels = new Dictionary<string, string> { [ManagedLabels.GridName] = spec.Grid, [ManagedLabels.Type] = "volume" };
            await context.Tools.Engine.EnsureVolumeAsync(new VolumeConfig { Name = mount.Volume!, Labels = labels }, cancellationToken);
        }

        foreach (var (path, volume) in DataVolumes.Of(spec, context.Memory.Image?.Details))
        {
            var labels = ManagedLabels.OfDataVolume(context.Order.InstanceId, spec, path);
            await context.Tools.Engine.EnsureVolumeAsync(new VolumeConfig { Name = volume, Labels = labels }, cancellationToken);
        }
    }
}
