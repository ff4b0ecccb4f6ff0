using Kontena.Contracts.Grids;
using Kontena.Contracts.Instances;
using Kontena.Contracts.Nodes;
using Kontena.GridManager.Decisions;
using Kontena.GridManager.Identities;
using Kontena.GridManager.Nodes.Liveness;
using Kontena.State;
using Kontena.State.Documents;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kontena.GridManager.Nodes;

/// <summary>Removes the records of ephemeral nodes that have been away for long (runtime.md §1.8): machines of a group that scales, which nobody will start again.</summary>
/// <param name="keepers">One when nodes have users at the broker; else none.</param>
internal sealed class EphemeralCleanup(
    IStateStore store, GridLedger ledger, NodeLivenessMonitor monitor, IEnumerable<IdentityKeeper> keepers, TimeProvider time, ILogger<EphemeralCleanup> logger) : BackgroundService
{
    /// <summary>Silence after which the record goes.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromHours(6);

    /// <summary>After a start those that are there have this long to be heard.</summary>
    private static readonly TimeSpan First = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Every = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        for (var wait = First; ; wait = Every)
        {
            await Task.Delay(wait, time, stoppingToken);
            try
            {
                await TurnAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                logger.LogWarning("Ephemeral nodes can't be looked at; the next look is in an hour: {Reason}", exception.Message);
            }
        }
    }

    /// <summary>One look at all grids.</summary>
    internal async Task TurnAsync(CancellationToken cancellationToken)
    {
        foreach (var grid in await store.ListAsync(StateKeys.Grid, StateKeys.System, cancellationToken))
        {
            var name = grid.Value.Name;
            var states = await store.ListAsync(StateKeys.NodeLiveness, name, cancellationToken);
            var liveness = states.ToDictionary(one => one.Value.Node, one => one.Value, StringComparer.Ordinal);
            var instances = (await store.ListAsync(StateKeys.Instance, name, cancellationToken)).Select(one => one.Value).ToList();
            foreach (var node in (await store.ListAsync(StateKeys.Node, name, cancellationToken)).Select(one => one.Value))
            {
                if (!IsExpired(grid.Value, node, liveness.GetValueOrDefault(node.Name), instances, time.GetUtcNow()))
                    continue;
                await ledger.DecideAsync(
                    name, (snapshot, now) => RemoveNodeDecision.Decide(snapshot, new RemoveNode { Grid = name, Node = node.Name, NodeId = node.NodeId }, now), cancellationToken);
                monitor.Forget(name, node.Name);
                keepers.FirstOrDefault()?.LookNow();
                logger.LogInformation("Grid {Grid}: ephemeral node {Node} was silent for more than {Limit} h and is removed", name, node.Name, Limit.TotalHours);
            }
        }
    }

    /// <summary>All of it must hold. Pure.</summary>
    /// <param name="instances">Of the whole grid, those scaled away whose data is kept too.</param>
    /// <param name="now">By the clock that <see cref="NodeLiveness.LastSeenAt"/> is of.</param>
    internal static bool IsExpired(Grid grid, Node node, NodeLiveness? liveness, IEnumerable<Instance> instances, DateTimeOffset now) =>
        node.Labels.Any(label => label == "ephemeral" || label.StartsWith("ephemeral=", StringComparison.Ordinal))
        && node.Number > grid.InitialSize
        && liveness is { State: LivenessState.Offline, LastSeenAt: { } seen } && now - seen > Limit
        && !instances.Any(one => one.Node == node.Name && one.Spec is { Stateful: true });
}
