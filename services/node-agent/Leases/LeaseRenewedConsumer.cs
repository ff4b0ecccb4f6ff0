using Kontena.Contracts.Instances;
using MassTransit;

namespace Kontena.NodeAgent.Leases;

/// <summary>Instances with a lease may run on.</summary>
internal sealed class LeaseRenewedConsumer(LeaseBook leases) : IConsumer<LeaseRenewed>
{
    public Task Consume(ConsumeContext<LeaseRenewed> context) => leases.TakeAsync(context.Message, context.CancellationToken);
}
