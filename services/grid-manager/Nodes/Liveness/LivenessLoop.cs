using Kontena.Contracts.Grids;
using Kontena.Contracts.Messaging;
using Kontena.Contracts.Nodes;
using Kontena.Core.Ids;
using Kontena.GridManager.Events;
using Kontena.Hosting.Bus;
using Kontena.State;
using Kontena.State.Outbox;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kontena.GridManager.Nodes.Liveness;

/// <summary>Sends probes, looks at the nodes, stores and announces what changed.</summary>
internal sealed class LivenessLoop(
    NodeLivenessMonitor monitor, NodeDirectory directory, IStateStore store, IControlBus bus, LivenessOptions options, TimeProvider time,
    ILogger<LivenessLoop> logger) : BackgroundService
{
    private const int BatchSize = 200;
    private bool _mustRead = true;
    private bool _doubted;
    private bool _storeAway;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(LookAsync(stoppingToken), ProbeAsync(stoppingToken));

    /// <summary>One round; told apart from the timer for tests.</summary>
    internal async Task TurnAsync(CancellationToken cancellationToken)
    {
        try
        {
            var look = monitor.Look();
            if (_mustRead && !look.Suspended)
            {
                // What is in memory from before a pause or an outage may be old: another process may have judged meanwhile.
                await directory.ReadAllAsync(cancellationToken);
                look = monitor.Look();
            }

            _mustRead = look.Suspended;
            Tell(look);
            foreach (var grid in look.Changes.GroupBy(change => change.Wanted.Grid, StringComparer.Ordinal))
            {
                foreach (var batch in grid.Chunk(BatchSize))
                    await StoreAsync(grid.Key, batch, cancellationToken);
            }

            _storeAway = false;
        }
        catch (StateUnavailableException exception)
        {
            if (!_storeAway)
                logger.LogWarning("Liveness of nodes can't be stored; it is tried again at every look: {Reason}", exception.Message);
            _storeAway = true;
        }
    }

    private async Task LookAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.LookEvery, time);
        do
        {
            try
            {
                await TurnAsync(stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                logger.LogError(exception, "A look at the nodes failed; the next one is in a moment");
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task ProbeAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.ProbeEvery, time);
        do
        {
            try
            {
                await bus.SendAsync(Destination.Queue(Queues.GridManagerReports), monitor.Probe(), stoppingToken);
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                // A probe that does not come back says all there is to say.
                logger.LogDebug("Liveness probe was not taken by the broker: {Reason}", exception.Message);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task StoreAsync(string grid, IReadOnlyList<LivenessChange> changes, CancellationToken cancellationToken)
    {
        if (changes.Any(change => change.Expected == NodePulse.Unread))
        {
            // The next round, a second from now, has the versions.
            await directory.ReadAsync(grid, cancellationToken);
            return;
        }

        var batch = new CommitBatch(grid);
        foreach (var change in changes)
        {
            batch.Put(StateKeys.NodeLiveness, change.Wanted, change.Expected);
            if (change.Matters)
                batch.Send(Destination.Scheduler(grid), new GridFactChanged { Grid = grid, Kind = StateKeys.NodeLiveness.Name, Id = change.Wanted.Node });
        }

        batch.Tell([.. changes.Where(change => change.IsState).Select(change => RecordEvents.OfLiveness(change.Wanted))], () => ObjectId.New(time), time.GetUtcNow());
        try
        {
            await store.CommitAsync(batch, cancellationToken);
        }
        catch (StateConflictException conflict)
        {
            logger.LogDebug("Liveness was changed by another: {Conflict}", conflict.Message);
            await directory.ReadAsync(grid, cancellationToken);
            return;
        }

        foreach (var change in changes)
        {
            monitor.Stored(change.Wanted, change.Expected + 1);
            Tell(grid, change);
        }
    }

    private void Tell(string grid, LivenessChange change)
    {
        var (node, before) = (change.Wanted, change.Before);
        if (change.IsState && node.RestartsSince is not null)
            logger.LogInformation("The agent of node {Grid}/{Node} is being restarted: it said that it comes back, and is given {Limit}", grid, node.Node, options.RestartLimit);
        else if (change.IsState)
            logger.LogInformation("Node {Grid}/{Node} is {State}, was {Before}", grid, node.Node, node.State, before.State);
        if (node.ClockAhead is { } ahead && Math.Abs(ahead - (before.ClockAhead ?? 0)) >= options.ClockStep.TotalSeconds)
            logger.LogWarning("The clock of node {Grid}/{Node} is {Off}", grid, node.Node, $"{Math.Abs(ahead):0.#} s {(ahead < 0 ? "behind" : "ahead of")} this machine's");
        foreach (var trouble in node.Troubles.Except(before.Troubles))
            logger.LogWarning("Node {Grid}/{Node} is degraded: {Trouble}", grid, node.Node, trouble);
        if (node.Troubles.Count == 0 && before.Troubles.Count > 0)
            logger.LogInformation("Node {Grid}/{Node} is degraded no more", grid, node.Node);
    }

    private void Tell(LivenessLook look)
    {
        if (look.Doubting && !_doubted)
            logger.LogWarning("All nodes fell silent at once; for {Limit} this is taken for a fault between them and the broker, and no node is marked offline", options.TogetherLimit);
        else if (!look.Doubting && _doubted)
            logger.LogInformation("Nodes are heard again, or judged one by one again");
        _doubted = look.Doubting;
    }
}
