using System.Collections.Concurrent;
using System.Threading.Channels;
using Kontena.Contracts.Grids;
using Kontena.Contracts.Messaging;
using Kontena.Contracts.Networking;
using Kontena.State;
using Kontena.State.Documents;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kontena.GridManager.Networking;

/// <summary>Keeps the map of every grid's network and tells it to the nodes, in the commit that changes it.</summary>
/// <remarks>
/// Looks when poked, at most once a second, so that many nodes joining at once make few maps; and at all grids every ten seconds, for what another
/// process changed. What got lost on the way to a node is sent again when its report shows an old revision.
/// </remarks>
internal sealed class NetworkMapPublisher(IStateStore store, TimeProvider time, ILogger<NetworkMapPublisher> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Sweep = TimeSpan.FromSeconds(10);

    /// <summary>Grids to look at, and the highest revision an agent of it was seen with. As many as there are grids.</summary>
    private readonly ConcurrentDictionary<string, long> _due = new(StringComparer.Ordinal);
    private readonly Channel<bool> _poke = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private bool _storeAway;

    /// <summary>Something that is in the map may have changed.</summary>
    /// <param name="grid">Its name.</param>
    /// <param name="seen">The revision an agent has.</param>
    public void Poke(string grid, long seen = 0)
    {
        _due.AddOrUpdate(grid, seen, (_, before) => Math.Max(before, seen));
        _poke.Writer.TryWrite(true);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var swept = (long?)null;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (swept is null || time.GetElapsedTime(swept.Value) >= Sweep)
                {
                    foreach (var grid in await store.ListAsync(StateKeys.Grid, StateKeys.System, stoppingToken))
                        _due.TryAdd(grid.Value.Name, 0);
                    swept = time.GetTimestamp();
                }

                await TurnAsync(stoppingToken);
                _storeAway = false;
            }
            catch (StateUnavailableException exception)
            {
                if (!_storeAway)
                    logger.LogWarning("Networks of grids can't be looked at; it is tried again every second: {Reason}", exception.Message);
                _storeAway = true;
            }
            catch (Exception exception) when (!stoppingToken.IsCancellationRequested)
            {
                logger.LogError(exception, "A look at the networks of grids failed; the next one comes within {Sweep}", Sweep);
            }

            await Task.Delay(Pause, time, stoppingToken);
            await PokedAsync(stoppingToken);
        }
    }

    /// <summary>One look at the grids that are due.</summary>
    internal async Task TurnAsync(CancellationToken cancellationToken)
    {
        foreach (var grid in _due.Keys)
        {
            if (!_due.TryRemove(grid, out var seen))
                continue;
            try
            {
                await PublishAsync(grid, seen, cancellationToken);
            }
            catch (StateConflictException)
            {
                Poke(grid, seen);
            }
            catch (Exception exception) when (exception is StateUnavailableException)
            {
                Poke(grid, seen);
                throw;
            }
        }
    }

    private async Task PublishAsync(string name, long seen, CancellationToken cancellationToken)
    {
        if (await store.GetAsync(StateKeys.Grid, StateKeys.System, name, cancellationToken) is not { Value: var grid })
            return;
        var present = await store.GetAsync(StateKeys.NetworkMap, name, "map", cancellationToken);
        var nodes = (await store.ListAsync(StateKeys.Node, name, cancellationToken)).Select(node => node.Value).ToList();
        if (NetworkMapPlanner.Next(grid, nodes, present?.Value, seen) is not { } next)
            return;
        var batch = new CommitBatch(name);
        batch.Put(StateKeys.NetworkMap, next, present?.Version ?? 0);
        // Agents that never told of their network are older than this message, and would put it aside as a dead letter.
        var able = next.Nodes.Where(node => node.Network is not null).Select(node => node.Name).ToHashSet(StringComparer.Ordinal);
        foreach (var node in nodes.Where(node => node.NodeId is not null && able.Contains(node.Name)))
            batch.Send(Destination.Node(node.NodeId!), new GridChanged { Map = next });
        await store.CommitAsync(batch, cancellationToken);
        logger.LogInformation("Grid {Grid}: network map {Revision} has {Count} nodes, driver {Driver}", name, next.Revision, next.Nodes.Count, next.Driver);
    }

    /// <summary>Until poked, and at the latest when all grids are due.</summary>
    private async Task PokedAsync(CancellationToken cancellationToken)
    {
        using var due = new CancellationTokenSource(Sweep, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(due.Token, cancellationToken);
        try
        {
            await _poke.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
        }
    }
}
