using Kontena.Contracts.Networking;
using MassTransit;

namespace Kontena.NodeAgent.Networking.Overlay;

/// <summary>Somebody wants to know how the network does.</summary>
internal sealed class MeasureNetworkConsumer(NetworkMeasurer measurer) : IConsumer<MeasureNetwork>
{
    public Task Consume(ConsumeContext<MeasureNetwork> context)
    {
        measurer.Ask(context.Message);
        return Task.CompletedTask;
    }
}
