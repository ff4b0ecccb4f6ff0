using Kontena.Contracts.Instances;
using Kontena.Contracts.Volumes;
using Kontena.Docker;
using Kontena.NodeAgent.Instances;
using Kontena.NodeAgent.Orders;
using MassTransit;
using Microsoft.Extensions.Logging;

namespace Kontena.NodeAgent.Volumes;

/// <summary>Removes a volume of the grid with its data, if the labels say that it is the one, and tells. What fails now is ordered again (design law 5).</summary>
internal sealed class RemoveVolumeConsumer(IContainerEngine engine, OrderBook orders, VolumeBoard board, ILogger<RemoveVolumeConsumer> logger)
    : IConsumer<RemoveVolume>
{
    public Task Consume(ConsumeContext<RemoveVolume> context) => RemoveAsync(context.Message, context.CancellationToken);

    internal async Task RemoveAsync(RemoveVolume order, CancellationToken cancellationToken)
    {
        await orders.Opened.WaitAsync(cancellationToken);
        try
        {
            var there = await engine.InspectVolumeAsync(order.Name, cancellationToken);
            if (there is null)
            {
                board.Removed(order.Name, order.Volume, order.VolumeUid);
            }
            else if (!GridVolumes.IsOf(there, order.Grid, order.VolumeUid))
            {
                logger.LogWarning("Docker volume {Volume} was not made for volume {Name} that is to be removed; it is left alone", order.Name, order.Volume);
                board.Removed(order.Name, order.Volume, order.VolumeUid, $"a Docker volume {order.Name} that was not made for it is left alone");
            }
            else if (orders.All.FirstOrDefault(one => Mounts(one, order.Name)) is { } user)
            {
                // Also in the gap between two of its containers.
                board.Present(order.Name, order.Volume, order.VolumeUid, $"{user.Name} mounts it", again: true);
            }
            else
            {
                await engine.RemoveVolumeAsync(order.Name, cancellationToken);
                logger.LogInformation("Volume {Volume} is removed with its data", order.Name);
                board.Removed(order.Name, order.Volume, order.VolumeUid);
            }
        }
        catch (Exception error) when (error is EngineException or EngineUnavailableException)
        {
            logger.LogWarning("Volume {Volume} can't be removed yet: {Reason}", order.Name, error.Message);
            board.Present(order.Name, order.Volume, order.VolumeUid, error.Message, again: true);
        }
    }

    private static bool Mounts(InstanceOrder order, string dockerName) =>
        order is not { Desired: DesiredState.Removed, Done: true } && order.Spec?.Volumes.Any(mount => mount.Volume == dockerName) == true;
}
