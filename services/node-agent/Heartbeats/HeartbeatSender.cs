using Kontena.Contracts.Messaging;
using Kontena.Contracts.Nodes;
using Kontena.Hosting.Bus;
using Kontena.NodeAgent.Instances;
using Kontena.NodeAgent.Leases;
using Kontena.NodeAgent.Registration;
using Kontena.NodeAgent.Reports;
using Kontena.NodeAgent.Stats;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kontena.NodeAgent.Heartbeats;

/// <summary>"I am here", every two seconds. One that the broker does not take is dropped: the next says more.</summary>
internal sealed class HeartbeatSender(
    AgentIdentity identity, NodeMembership membership, FactsReporter facts, InstanceSupervisor supervisor, ReportBoard board, MemoryPeaks peaks, LeaseBook leases, IControlBus bus,
    TimeProvider time, ILogger<HeartbeatSender> logger) : BackgroundService
{
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);
    private bool _told;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var nodeId = await identity.WaitAsync(stoppingToken);
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            if (membership.Current is { } joined)
                await SendAsync(nodeId, joined, stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task SendAsync(string nodeId, NodeJoined joined, CancellationToken cancellationToken)
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
            Troubles = AgentTroubles.Of(supervisor.EngineTrouble, supervisor.SinceLook),
            MemoryPeaks = peaks.TakeNews(),
        };
        leases.Beat(heartbeat.SentAt);
        try
        {
            await bus.SendAsync(Destination.Report(joined.Grid, "heartbeat"), heartbeat, cancellationToken);
            if (_told)
                logger.LogInformation("The broker takes heartbeats again");
            _told = false;
        }
        catch (TimeoutException error)
        {
            if (!_told)
                logger.LogWarning("The broker takes no heartbeats; containers go on running, orders and reports wait. ({Reason})", error.Message);
            _told = true;
        }
    }
}
