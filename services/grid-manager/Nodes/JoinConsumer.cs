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
        var (grid, outcome) = await DecideAsync(join, cancellationToken);
        if (outcome.RivalOf is { } node)
        {
            monitor.Refused(grid!, node, join.Facts.PrivateIp is { } address ? $"{join.Name} ({address})" : join.Name);
            await answers.RefuseRivalAsync(join.NodeId, join.Run, outcome.Refusal!, cancellationToken);
        }
        else if (outcome.Refusal is not null)
        {
            await answers.RefuseAsync(join.NodeId, join.Run, outcome.Refusal, cancellationToken);
        }
        else if (outcome is { Node: { } joined, Joined: { } order })
        {
            monitor.Joined(joined, join.Run);
            if (join.Run is not null)
                await answers.WelcomeAsync(join.NodeId, join.Run, order, cancellationToken);
        }
    }

    private async Task<(string? Grid, JoinOutcome Outcome)> DecideAsync(JoinGrid join, CancellationToken cancellationToken)
    {
        if (JoinDecision.Mistake(join) is { } mistake)
            return (null, new JoinOutcome(null, mistake));
        var grids = (await store.ListAsync(StateKeys.Grid, StateKeys.System, cancellationToken)).Select(grid => grid.Value).ToList();
        var (grid, tokenNode) = await OpenedByAsync(grids, join.Token, cancellationToken);
        if (grid is null)
            return (null, new JoinOutcome(null, "the token opens no grid; set Kontena:Agent:Token to the token that grid show prints"));
        foreach (var other in grids.Where(other => other.Name != grid))
        {
            if (await WithEngineAsync(other.Name, join.NodeId, cancellationToken) is { } elsewhere)
                return (grid, new JoinOutcome(null, $"this engine is node {elsewhere.Name} of grid {other.Name}; remove it there first"));
        }

        var incumbent = await IncumbentAsync(grid, join, cancellationToken);
        return (grid, await ledger.DecideAsync(
            grid, (snapshot, now) => JoinDecision.Decide(snapshot, join, tokenNode, incumbent, now), why => new JoinOutcome(null, why), cancellationToken));
    }

    /// <summary>The agent that is the node with this engine id, and whether it is the one that asks.</summary>
    private async Task<Incumbent> IncumbentAsync(string grid, JoinGrid join, CancellationToken cancellationToken)
    {
        if (await WithEngineAsync(grid, join.NodeId, cancellationToken) is not { } node)
            return Incumbent.None;
        var liveness = await store.GetAsync(StateKeys.NodeLiveness, grid, node.Name, cancellationToken);
        var run = JoinDecision.IsKeyOf(node, join) ? monitor.Asked(grid, node.Name, join.Run) : RunVerdict.Node;
        return new Incumbent(liveness?.Value.State ?? LivenessState.Offline, run);
    }

    private async Task<Node?> WithEngineAsync(string grid, string nodeId, CancellationToken cancellationToken) =>
        (await store.ListAsync(StateKeys.Node, grid, cancellationToken, new IndexValue("node-id", nodeId))) is [var found, ..] ? found.Value : null;

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
