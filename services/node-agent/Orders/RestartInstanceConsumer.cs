using Kontena.Contracts.Instances;
using MassTransit;

namespace Kontena.NodeAgent.Orders;

/// <summary>Notes that a container is to be restarted.</summary>
internal sealed class RestartInstanceConsumer(OrderBook orders) : IConsumer<RestartInstance>
{
    public async Task Consume(ConsumeContext<RestartInstance> context) =>
        await orders.TakeAsync(context.Message, context.CancellationToken);
}
