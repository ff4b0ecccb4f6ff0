using Kontena.Contracts.Messaging;
using Kontena.Contracts.Nodes;
using Kontena.Docker;
using Kontena.Hosting.Bus;
using Kontena.NodeAgent.Registration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kontena.NodeAgent.Heartbeats;

/// <summary>Looks at the machine every minute and sends its facts when they have changed, or when asked.</summary>
internal sealed class FactsReporter(
    NodeFactsReader reader, NodeMembership membership, AgentIdentity identity, IControlBus bus, TimeProvider time, ILogger<FactsReporter> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);
    private string? _sent;

    /// <summary>Hash of the facts last read; empty before the first look.</summary>
    public string Hash => reader.Last is { } facts ? FactsHash.Of(facts) : "";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            await LookAsync(stoppingToken);
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    /// <summary>Reads the facts, and sends them when they are others than those sent last.</summary>
    public async Task LookAsync(CancellationToken cancellationToken)
    {
        try
        {
            await reader.ReadAsync(cancellationToken);
            // The join carries the first facts.
            _sent ??= Hash;
            if (Hash != _sent)
                await SendAsync(cancellationToken);
        }
        catch (Exception error) when (error is EngineException or EngineUnavailableException or TimeoutException)
        {
            logger.LogDebug("Facts of this machine were not reported: {Reason}", error.Message);
        }
    }

    /// <exception cref="TimeoutException">The broker did not take them.</exception>
    public async Task SendAsync(CancellationToken cancellationToken)
    {
        if (membership.Current is not { } joined || identity.NodeId is not { } nodeId || reader.Last is not { } facts)
            return;
        var report = new NodeFactsReport { Grid = joined.Grid, Node = joined.Node, NodeId = nodeId, Facts = facts };
        await bus.SendAsync(Destination.Report(joined.Grid, "facts"), report, cancellationToken);
        _sent = FactsHash.Of(facts);
    }
}
