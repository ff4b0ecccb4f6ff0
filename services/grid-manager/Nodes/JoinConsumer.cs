using Kontena.Contracts.Grids;
using Kontena.Contracts.Nodes;
using Kontena.GridManager.Decisions;
using Kontena.GridManager.Grids;
using Kontena.GridManager.Nodes.Liveness;
using Kontena.State;
using Kontena.State.Documents;
using MassTransit;

namespace Kontena.GridManager.Nodes;

/// <summary>Agents that ask to be nodes.</summary>
internal sealed class JoinConsumer(
    GridLedger ledger, IStateStore store, FirstGrid firstGrid, NodeLivenessMonitor monitor, JoinAnswers answers, ReportDrops drops, TimeProvider time) : IConsumer<JoinGrid>
{
    private static readonly TimeSpan GridPatience = TimeSpan.FromSeconds(5);

    public Task Consume(ConsumeContext<JoinGrid> context) =>
        drops.OrDropAsync("Request to join", context.Message.NodeId, () => TakeAsync(context.Message, context.CancellationToken));

    private async Task TakeAsync(JoinGrid join, CancellationToken cancellationToken)
    {
        if (!await IsGridSettledAsync(cancellationToken))
            return;
        var outcome = await DecideAsync(join, cancellationToken);
        if (outcome.Refusal is not null)
            await answers.RefuseAsync(join.NodeId, outcome.Refusal, cancellationToken);
        else
            monitor.Joined(outcome.Node!);
    }

    private async Task<JoinOutcome> DecideAsync(JoinGrid join, CancellationToken cancellationToken)
    {
        if (JoinDecision.Mistake(join) is { } mistake)
            return new JoinOutcome(null, mistake);
        var grids = (await store.ListAsync(StateKeys.Grid, StateKeys.System, cancellationToken)).Select(grid => grid.Value).ToList();
        var (grid, tokenNode) = await OpenedByAsync(grids, join.Token, cancellationToken);
        if (grid is null)
            return new JoinOutcome(null, "the token opens no grid; set Kontena:Agent:Token to the token that grid show prints");
        foreach (var other in grids.Where(other => other.Name != grid))
        {
            var index = new IndexValue("node-id", join.NodeId);
            if (await store.ListAsync(StateKeys.Node, other.Name, cancellationToken, index) is [var elsewhere, ..])
                return new JoinOutcome(null, $"this engine is node {elsewhere.Value.Name} of grid {other.Name}; remove it there first");
        }

        return await ledger.DecideAsync(
            grid, (snapshot, now) => JoinDecision.Decide(snapshot, join, tokenNode, now), why => new JoinOutcome(null, why), cancellationToken);
    }

    private async Task<(string? Grid, string? Node)> OpenedByAsync(List<Grid> grids, string token, CancellationToken cancellationToken)
    {
        if (JoinTokens.GridOf(grids, token) is { } grid)
            return (grid.Name, null);
        foreach (var one in grids)
        {
            var nodes = await store.ListAsync(StateKeys.Node, one.Name, cancellationToken);
            if (JoinTokens.NodeOf(nodes.Select(node => node.Value), token) is { } node)
                return (one.Name, node.Name);
        }

        return (null, null);
    }

    /// <summary>False when the first grid can't be made yet; the agent hears nothing and asks again in seconds.</summary>
    private async Task<bool> IsGridSettledAsync(CancellationToken cancellationToken)
    {
        try
        {
            await firstGrid.Settled.WaitAsync(GridPatience, time, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
