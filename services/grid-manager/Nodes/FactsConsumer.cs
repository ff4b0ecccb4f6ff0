using Kontena.Contracts.Commands;
using Kontena.Contracts.Nodes;
using Kontena.GridManager.Decisions;
using Kontena.GridManager.Networking;
using Kontena.GridManager.Nodes.Liveness;
using Kontena.State;
using MassTransit;

namespace Kontena.GridManager.Nodes;

/// <summary>What agents say of their machines; stored when it changed.</summary>
internal sealed class FactsConsumer(GridLedger ledger, NodeLivenessMonitor monitor, NetworkMapPublisher networks, ReportDrops drops) : IConsumer<NodeFactsReport>
{
    public Task Consume(ConsumeContext<NodeFactsReport> context) =>
        drops.OrDropAsync("Facts", context.Message.NodeId, () => TakeAsync(context.Message, context.CancellationToken));

    private async Task TakeAsync(NodeFactsReport report, CancellationToken cancellationToken)
    {
        if (report.Facts is null)
            return;
        var result = await ledger.DecideAsync(report.Grid, (grid, now) => Decide(grid, report, now), cancellationToken);
        if (result.Outcome != CommandOutcome.Done)
            return;
        monitor.FactsStored(report.Grid, report.Node, FactsHash.Of(report.Facts));
        networks.Poke(report.Grid);
    }

    internal static Decision<CommandResult> Decide(GridSnapshot grid, NodeFactsReport report, DateTimeOffset now)
    {
        if (grid.Node(report.Node) is not { } found || found.Value.NodeId != report.NodeId)
            return Decision.NotFound(NodeTexts.Missing(report.Grid, report.Node));
        if (found.Value.Facts is { } known && FactsHash.Of(known) == FactsHash.Of(report.Facts))
            return Decision.Unchanged();
        var draft = new GridDraft(report.Grid);
        draft.Put(StateKeys.Node, found.Value with { Facts = report.Facts, UpdatedAt = now }, found.Version, $"node {report.Node} has new facts", isNews: false);
        return Decision.Done(draft);
    }
}
