using Kontena.Contracts.Messaging;
using Kontena.Contracts.Nodes;
using Kontena.Hosting.Bus;
using Kontena.NodeAgent.Instances;
using Kontena.NodeAgent.Leases;
using Kontena.NodeAgent.Names;
using Kontena.NodeAgent.Networking;
using Kontena.NodeAgent.Networking.Overlay;
using Kontena.NodeAgent.Registration;
using Kontena.NodeAgent.Reports;
using Kontena.NodeAgent.Stats;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kontena.NodeAgent.Heartbeats;

/// <summary>"I am here", every two seconds. One that the broker does not take is dropped: the next says more. The last one, when the process is told to stop, says
/// that it goes: its containers run on, and another process is expected to follow.</summary>
internal sealed class HeartbeatSender(
    AgentIdentity identity, NodeMembership membership, FactsReporter facts, InstanceSupervisor supervisor, ReportBoard board, MemoryPeaks peaks, LeaseBook leases, OverlayKeeper overlay,
    GridNetwork network, NamesBoard names, NameServer server, IControlBus bus, TimeProvider time, ILogger<HeartbeatSender> logger) : BackgroundService, IHostedLifecycleService
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    /// <summary>The last one is not waited for longer: a broker that is away must not hold the end of the process up.</summary>
    private static readonly TimeSpan LastWord = TimeSpan.FromSeconds(2);

    /// <summary>In a row. The first of a process may find its connection still being made.</summary>
    private const int MissedToSay = 2;

    private readonly CancellationTokenSource _leaving = new();
    private int _missed;

    /// <summary>Before anything is stopped, the bus above all.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        await _leaving.CancelAsync();
        await (ExecuteTask ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (identity.NodeId is not { } nodeId || membership.Current is not { } joined)
            return;
        using var due = new CancellationTokenSource(LastWord, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(due.Token, cancellationToken);
        try
        {
            await SendAsync(nodeId, joined, leaves: true, either.Token);
        }
        catch (OperationCanceledException)
        {
            logger.LogInformation("The broker did not take the last heartbeat; for the grid this node falls silent");
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Dispose()
    {
        base.Dispose();
        _leaving.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var until = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, _leaving.Token);
        try
        {
            var nodeId = await identity.WaitAsync(until.Token);
            using var timer = new PeriodicTimer(Interval, time);
            do
            {
                if (membership.Current is { } joined)
                    await SendAsync(nodeId, joined, leaves: false, until.Token);
            }
            while (await timer.WaitForNextTickAsync(until.Token));
        }
        catch (OperationCanceledException) when (_leaving.IsCancellationRequested)
        {
        }
    }

    private async Task SendAsync(string nodeId, NodeJoined joined, bool leaves, CancellationToken cancellationToken)
    {
        var heartbeat = new NodeHeartbeat
        {
            Grid = joined.Grid,
            Node = joined.Node,
            NodeId = nodeId,
            SentAt = time.GetUtcNow(),
            FactsHash = facts.Hash,
            ObservedDigest = supervisor.HasToldAll ? board.Digest() : "",
            Run = board.Run,
            Troubles = AgentTroubles.Of(supervisor.EngineTrouble, supervisor.SinceLook, [.. overlay.Troubles, .. network.Troubles, .. server.Troubles]),
            NamesDigest = names.Hears ? names.ToldDigest ?? "" : null,
            MemoryPeaks = peaks.TakeNews(),
            Leaves = leaves,
        };
        leases.Beat(heartbeat.SentAt);
        // One that waits for an answer that can't come any more, as the connection is another by now, must not hold up the next.
        using var due = new CancellationTokenSource(Interval, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(due.Token, cancellationToken);
        try
        {
            await bus.SendAsync(Destination.Report(joined.Grid, "heartbeat"), heartbeat, either.Token);
            if (_missed >= MissedToSay)
                logger.LogInformation("The broker takes heartbeats again");
            _missed = 0;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            Missed($"none was confirmed within {Interval.TotalSeconds:0} s");
        }
        catch (TimeoutException error)
        {
            Missed(error.Message);
        }
    }

    private void Missed(string reason)
    {
        if (++_missed == MissedToSay)
            logger.LogWarning("The broker takes no heartbeats; containers go on running, orders and reports wait. ({Reason})", reason);
    }
}
