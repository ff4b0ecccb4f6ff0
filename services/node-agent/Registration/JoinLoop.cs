using Kontena.Contracts.Messaging;
using Kontena.Contracts.Nodes;
using Kontena.Docker;
using Kontena.Hosting.Bus;
using Kontena.NodeAgent.Exec;
using Kontena.NodeAgent.Orders;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kontena.NodeAgent.Registration;

/// <summary>Finds out who the node is, opens its queues, and asks to join until grid-manager has answered: at every start (runtime.md §1.4).</summary>
internal sealed class JoinLoop(
    AgentIdentity identity,
    NodeMembership membership,
    NodeFactsReader facts,
    OrderBook orders,
    IEndpointOpener queues,
    IControlBus bus,
    NodeAgentOptions options,
    TimeProvider time,
    ILogger<JoinLoop> logger) : BackgroundService
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RefusedPause = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (await identity.SettleAsync(stoppingToken) is { } former)
            orders.SetAside($"they were given to engine {former}, and this is engine {identity.NodeId}");
        var nodeId = identity.NodeId!;
        orders.Open();
        await queues.OpenControlAsync(NodeQueues.Orders(nodeId), stoppingToken);
        var exec = queues.OpenDataAsync(NodeQueues.Exec(nodeId), stoppingToken);

        if (options.Token.Length == 0)
            logger.LogError("No token to join with; set Kontena:Agent:Token to the grid's or the node's token");
        for (var pause = FirstPause; !membership.ConfirmedNow && options.Token.Length > 0; pause = Longer(pause))
        {
            await AskAsync(nodeId, stoppingToken);
            await Task.Delay(membership.Refusal is null ? pause : RefusedPause, time, stoppingToken);
        }

        await exec;
    }

    private static TimeSpan Longer(TimeSpan pause) => pause * 1.5 < LongestPause ? pause * 1.5 : LongestPause;

    private async Task AskAsync(string nodeId, CancellationToken cancellationToken)
    {
        try
        {
            var now = facts.Last ?? await facts.ReadAsync(cancellationToken);
            var join = new JoinGrid
            {
                NodeId = nodeId,
                Name = options.Name ?? facts.EngineHostName,
                Token = options.Token,
                Labels = options.Labels.Count > 0 ? options.Labels : facts.EngineLabels,
                Facts = now,
            };
            await bus.SendAsync(Destination.Report("", "join"), join, cancellationToken);
        }
        catch (Exception error) when (error is TimeoutException or EngineException or EngineUnavailableException)
        {
            logger.LogWarning("Can't ask to join yet: {Reason}", error.Message);
        }
    }
}
