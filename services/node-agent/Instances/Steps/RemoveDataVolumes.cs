using Kontena.Docker;

namespace Kontena.NodeAgent.Instances.Steps;

/// <summary>Removes the volumes that hold this instance's own data. Only an order that says so leads here (design law 5).</summary>
internal sealed record RemoveDataVolumes : InstanceStep
{
    public override string Describe() => "remove the instance's data volumes";

    public override async Task RunAsync(StepContext context, CancellationToken cancellationToken)
    {
        var label = $"{ManagedLabels.InstanceId}={context.Order.InstanceId}";
        foreach (var volume in await context.Tools.Engine.ListVolumesAsync([label], cancellationToken))
        {
            try
            {
                await context.Tools.Engine.RemoveVolumeAsync(volume.Name, cancellationToken);
            }
            catch (EngineException error) when (error.Status == 409)
            {
                throw new StepFailedException($"data volume {volume.Name} is still used by another container: {error.Message}");
            }
        }
    }
}
