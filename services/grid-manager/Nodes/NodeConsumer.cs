using Kontena.Contracts.Commands;
using Kontena.Contracts.Nodes;
using Kontena.GridManager.Decisions;
using Kontena.GridManager.Nodes.Liveness;
using MassTransit;

namespace Kontena.GridManager.Nodes;

/// <summary>Commands about nodes.</summary>
internal sealed class NodeConsumer(GridLedger ledger, NodeLivenessMonitor monitor) : IConsumer<UpdateNode>, IConsumer<RemoveNode>
{
    public async Task Consume(ConsumeContext<UpdateNode> context) =>
        await context.AnswerAsync(await ledger.DecideAsync(
            context.Message.Grid, (grid, now) => UpdateNodeDecision.Decide(grid, context.Message, now), context.CancellationToken));

    public async Task Consume(ConsumeContext<RemoveNode> context)
    {
        var result = await ledger.DecideAsync(context.Message.Grid, (grid, _) => RemoveNodeDecision.Decide(grid, context.Message), context.CancellationToken);
        if (result.Outcome == CommandOutcome.Done)
            monitor.Forget(context.Message.Grid, context.Message.Node);
        await context.AnswerAsync(result);
    }
}
