using Kontena.Contracts.Instances;
using MassTransit;

namespace Kontena.NodeAgent.Orders;

/// <summary>Notes that a container is to be restarted.</summary>
internal sealed class RestartInstanceConsumer(OrderBook orders, OrderGate gate) : IConsumer<RestartInstance>
{
    public async Task Consume(ConsumeContext<RestartInstance> context)
    {
        if (await gate.OpensAsync(context))
            await orders.TakeAsync(context.Message, context.CancellationToken);
    }
}
