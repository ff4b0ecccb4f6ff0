using Kontena.Contracts.Nodes;
using MassTransit;

namespace Kontena.NodeAgent.Heartbeats;

/// <summary>grid-manager knows other facts than our heartbeat's hash says.</summary>
internal sealed class ReportFactsConsumer(FactsReporter facts) : IConsumer<ReportFacts>
{
    public Task Consume(ConsumeContext<ReportFacts> context) => facts.SendAsync(context.CancellationToken);
}
