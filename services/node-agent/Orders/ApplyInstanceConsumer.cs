using Kontena.Contracts.Instances;
using Kontena.NodeAgent.Reports;
using MassTransit;

namespace Kontena.NodeAgent.Orders;

/// <summary>Takes an order up; it is acknowledged when its file is safe. An order that says nothing new is answered with the last report.</summary>
internal sealed class ApplyInstanceConsumer(OrderBook orders, OrderGate gate, ReportBoard board) : IConsumer<ApplyInstance>
{
    public async Task Consume(ConsumeContext<ApplyInstance> context)
    {
        if (!await gate.OpensAsync(context))
            return;
        if (!await orders.TakeAsync(context.Message, context.CancellationToken) && !board.Repeat(context.Message.InstanceId))
            orders.LookAgain(context.Message.InstanceId);
    }
}
