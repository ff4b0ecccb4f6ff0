using Kontena.Contracts.Grids;
using Kontena.Contracts.Messaging;
using Kontena.Contracts.Nodes;
using Kontena.GridManager.Nodes.Liveness;
using Kontena.State;
using Kontena.State.Documents;

namespace Kontena.GridManager.Nodes;

/// <summary>What a token opens for an agent.</summary>
/// <param name="Grid">Null when it opens none.</param>
/// <param name="Node">The node whose own token it is; null when it is the grid's.</param>
/// <param name="IsThere">The engine is a node of that grid already.</param>
/// <param name="Refusal">Why it opens nothing.</param>
internal sealed record JoinPlace(string? Grid, string? Node, bool IsThere, string? Refusal = null);

/// <summary>Reads what a decision about a request to join rests on beside its grid.</summary>
internal sealed class JoinLookup(IStateStore store, NodeLivenessMonitor monitor)
{
    public async Task<JoinPlace> OpenedByAsync(JoinGrid join, CancellationToken cancellationToken)
    {
        var grids = await GridsAsync(cancellationToken);
        var (grid, node) = join.Token.Length > 0 ? await OfTokenAsync(grids, join.Token, cancellationToken) : await OfKeyAsync(grids, join, cancellationToken);
        if (grid is null)
        {
            return new JoinPlace(null, null, false, join.Token.Length > 0
                ? "the token opens no grid and no node; it was mistyped, used up or reset. kontena node create or kontena grid show --token print one"
                : "this machine is no node that is known by its key; give a token: kontena node create prints one");
        }

        return new JoinPlace(grid, node, await WithEngineAsync(grid, join.NodeId, cancellationToken) is not null);
    }

    /// <summary>Why an engine can't be a node of this grid: it is one of another. Null when it is not.</summary>
    public async Task<string?> ElsewhereAsync(string grid, JoinGrid join, CancellationToken cancellationToken)
    {
        foreach (var other in (await GridsAsync(cancellationToken)).Where(other => other.Name != grid))
        {
            if (await CalledAfterAsync(other.Name, join.NodeId, cancellationToken) is { } elsewhere)
                return $"this engine is node {elsewhere.Name} of grid {other.Name}; remove it there first";
        }

        return null;
    }

    /// <summary>The agent that is the node with this engine id, and whether it is the one that asks.</summary>
    public async Task<Incumbent> IncumbentAsync(string grid, JoinGrid join, CancellationToken cancellationToken)
    {
        if (await WithEngineAsync(grid, join.NodeId, cancellationToken) is not { } node)
            return Incumbent.None;
        var liveness = await store.GetAsync(StateKeys.NodeLiveness, grid, node.Name, cancellationToken);
        var run = JoinDecision.IsKeyOf(node, join) ? monitor.Asked(grid, node.Name, join.Run) : RunVerdict.Node;
        return new Incumbent(liveness?.Value.State ?? LivenessState.Offline, run);
    }

    /// <summary>Whether a token is that of any grid or node.</summary>
    public async Task<bool> IsTakenAsync(string token, CancellationToken cancellationToken) =>
        (await OfTokenAsync(await GridsAsync(cancellationToken), token, cancellationToken)).Grid is not null;

    private async Task<List<Grid>> GridsAsync(CancellationToken cancellationToken) =>
        [.. (await store.ListAsync(StateKeys.Grid, StateKeys.System, cancellationToken)).Select(grid => grid.Value)];

    private async Task<(string? Grid, string? Node)> OfTokenAsync(List<Grid> grids, string token, CancellationToken cancellationToken)
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

    private async Task<(string? Grid, string? Node)> OfKeyAsync(List<Grid> grids, JoinGrid join, CancellationToken cancellationToken)
    {
        foreach (var grid in grids)
        {
            if (await WithEngineAsync(grid.Name, join.NodeId, cancellationToken) is { KeyHash: not null } node && JoinDecision.IsKeyOf(node, join))
                return (grid.Name, node.Name);
        }

        return (null, null);
    }

    /// <summary>A node whose queue and broker user are called as this engine's would be: ids that differ only in signs or case are one there.</summary>
    private async Task<Node?> CalledAfterAsync(string grid, string nodeId, CancellationToken cancellationToken) =>
        (await store.ListAsync(StateKeys.Node, grid, cancellationToken)).Select(node => node.Value)
            .FirstOrDefault(node => node.NodeId is { } id && Queues.Node(id) == Queues.Node(nodeId));

    private async Task<Node?> WithEngineAsync(string grid, string nodeId, CancellationToken cancellationToken) =>
        (await store.ListAsync(StateKeys.Node, grid, cancellationToken, new IndexValue("node-id", nodeId))) is [var found, ..] ? found.Value : null;
}
