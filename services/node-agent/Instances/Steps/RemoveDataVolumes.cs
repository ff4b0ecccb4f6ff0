using Kontena.Contracts.Instances;
using Kontena.Docker;
using Kontena.NodeAgent.Orders;

namespace Kontena.NodeAgent.Instances.Steps;

/// <summary>Removes the volumes that hold this instance's own data. Only an order that says so leads here (design law 5).</summary>
internal sealed record RemoveDataVolumes : InstanceStep
{
    public override string Describe() => "remove the instance's data volumes";

    public override async Task RunAsync(StepContext context, CancellationToken cancellationToken)
    {
        var label = $"{ManagedLabels.InstanceId}={context.Order.InstanceId}";
        var made = await context.Tools.Engine.ListVolumesAsync([label], cancellationToken);
        foreach (var volume in made.Select(volume => volume.Name).Union(context.Order.AdoptedVolumes))
        {
            if (context.Tools.Orders.All.Any(other => TookOver(other, context.Order, volume)))
                continue;
            try
            {
                await context.Tools.Engine.RemoveVolumeAsync(volume, cancellationToken);
            }
            catch (EngineException error) when (error.Status == 409)
            {
                throw new StepFailedException($"data volume {volume} is still used by another container: {error.Message}");
            }
        }
    }

    /// <summary>A later instance of the name has it now: the data is that one's, and goes when its own does.</summary>
    private static bool TookOver(InstanceOrder other, InstanceOrder removed, string volume) =>
        other.InstanceId != removed.InstanceId
        && other.AdoptedVolumes.Contains(volume)
        && other is not { Desired: DesiredState.Removed, RemoveData: true };
}
