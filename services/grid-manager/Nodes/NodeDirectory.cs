using Kontena.Contracts.Nodes;
using Kontena.GridManager.Nodes.Liveness;
using Kontena.State;
using Kontena.State.Documents;

namespace Kontena.GridManager.Nodes;

/// <summary>Fills the monitor's memory from the store.</summary>
internal sealed class NodeDirectory(IStateStore store, NodeLivenessMonitor monitor)
{
    /// <summary>A heartbeat of a node not in memory: another process let it join, or nobody did.</summary>
    public async Task<Hearing> LearnAsync(NodeHeartbeat heartbeat, CancellationToken cancellationToken)
    {
        var node = await store.GetAsync(StateKeys.Node, heartbeat.Grid, heartbeat.Node, cancellationToken);
        if (node?.Value.NodeId != heartbeat.NodeId || node is null)
            return Hearing.Unknown;
        var liveness = await store.GetAsync(StateKeys.NodeLiveness, heartbeat.Grid, heartbeat.Node, cancellationToken);
        Learn(node.Value, liveness, heard: true);
        return heartbeat.Leaves ? monitor.Heard(heartbeat) : Hearing.Known;
    }

    /// <summary>All nodes of all grids; those that are no longer there are forgotten.</summary>
    public async Task ReadAllAsync(CancellationToken cancellationToken)
    {
        var grids = await store.ListAsync(StateKeys.Grid, StateKeys.System, cancellationToken);
        foreach (var grid in monitor.Grids.Union(grids.Select(grid => grid.Value.Name), StringComparer.Ordinal))
            await ReadAsync(grid, cancellationToken);
    }

    public async Task ReadAsync(string grid, CancellationToken cancellationToken)
    {
        var nodes = await store.ListAsync(StateKeys.Node, grid, cancellationToken);
        var livenesses = (await store.ListAsync(StateKeys.NodeLiveness, grid, cancellationToken))
            .ToDictionary(liveness => liveness.Value.Node, StringComparer.Ordinal);
        monitor.KeepOnly(grid, nodes.Select(node => node.Value.Name).ToHashSet(StringComparer.Ordinal));
        foreach (var node in nodes)
            Learn(node.Value, livenesses.GetValueOrDefault(node.Value.Name), heard: false);
    }

    private void Learn(Node node, Versioned<NodeLiveness>? liveness, bool heard) => monitor.Learn(
        node,
        liveness?.Value ?? new NodeLiveness { Grid = node.Grid, Node = node.Name, State = LivenessState.Offline },
        liveness?.Version ?? 0,
        heard);
}
