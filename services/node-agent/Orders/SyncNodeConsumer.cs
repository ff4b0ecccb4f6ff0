using Kontena.Contracts.Instances;
using Kontena.NodeAgent.Reports;
using MassTransit;

namespace Kontena.NodeAgent.Orders;

/// <summary>The scheduler's view of this node is another than ours: say everything again.</summary>
internal sealed class SyncNodeConsumer(SyncReporter sync) : IConsumer<SyncNode>
{
    public Task Consume(ConsumeContext<SyncNode> context) => sync.SendAsync(context.CancellationToken);
}
