using Kontena.Contracts.Instances;
using Kontena.NodeAgent.Reports;
using MassTransit;

namespace Kontena.NodeAgent.Orders;

/// <summary>Takes a removal up; repeated, it is answered with the last report, which tells that nothing is left.</summary>
internal sealed class RemoveInstanceConsumer(OrderBook orders, OrderGate gate, ReportBoard board) : IConsumer<RemoveInstance>
{
    public async Task Consume(ConsumeContext<RemoveInstance> context)
    {
        if (!await gate.OpensAsync(context))
            return;
        if (!await orders.TakeAsync(context.Message, context.CancellationToken) && !board.Repeat(context.Message.InstanceId))
            orders.LookAgain(context.Message.InstanceId);
    }
}
