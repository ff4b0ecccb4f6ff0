using Kontena.Contracts.Messaging;
using Kontena.Contracts.Nodes;
using Kontena.Docker;
using Kontena.Hosting.Bus;
using Kontena.NodeAgent.Orders;
using Kontena.NodeAgent.Reports;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Kontena.NodeAgent.Registration;

/// <summary>Finds out who the node is, opens its queues, and asks to join until grid-manager has answered: at every start (runtime.md §1.4).</summary>
/// <remarks>
/// The node's orders are read at once: the agent must work while everything above it is gone. Should they be those of a machine this one was copied from, they
/// are left again when the agent is refused, and go back to the broker meanwhile (<see cref="OrderGate"/>). Answers come to a queue of this process alone.
/// </remarks>
internal sealed class JoinLoop(
    AgentIdentity identity,
    NodeMembership membership,
    NodeFactsReader facts,
    OrderBook orders,
    ReportBoard board,
    IEndpointOpener queues,
    IControlBus bus,
    NodeAgentOptions options,
    TimeProvider time,
    ILogger<JoinLoop> logger) : BackgroundService
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan RefusedPause = TimeSpan.FromMinutes(1);

    private Task _exec = Task.CompletedTask;
    private bool _reading;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (await identity.SettleAsync(stoppingToken) is { } former)
            orders.SetAside($"they were given to engine {former}, and this is engine {identity.NodeId}");
        var nodeId = identity.NodeId!;
        if (options.Outlet is { } outlet && !BrokerIdentity.IsOf(outlet, nodeId))
        {
            // Its login opens nothing that is called after this engine.
            membership.Refuse($"this machine joined with another container engine than the one that is here now ({nodeId}); join it again: kontena-agent join");
            return;
        }

        var key = await AgentKey.ReadOrMakeAsync(options.DataDirectory, stoppingToken);
        orders.Open();
        await ReadOrdersAsync(nodeId, stoppingToken);
        await queues.OpenControlAsync(NodeQueues.Answers(nodeId, board.Run), stoppingToken);

        if (!options.CanJoin)
            logger.LogError("No token to join with; run kontena-agent join, or set Kontena:Agent:Token to the grid's or the node's token");
        for (var pause = FirstPause; !stoppingToken.IsCancellationRequested; pause = Longer(pause))
        {
            if (membership.IsRival)
                await LeaveOrdersAsync(nodeId, stoppingToken);
            else
                await ReadOrdersAsync(nodeId, stoppingToken);

            // A removed node's login opens nothing: a join by hand gives another, and ends this process.
            if (membership.ConfirmedNow || !options.CanJoin || membership.IsRemoved)
            {
                await membership.ChangedAsync(stoppingToken);
                pause = FirstPause;
                continue;
            }

            await AskAsync(nodeId, key, stoppingToken);
            await PauseAsync(membership.Refusal is null ? pause : membership.IsRival ? LongestPause : RefusedPause, stoppingToken);
        }
    }

    private static TimeSpan Longer(TimeSpan pause) => pause * 1.5 < LongestPause ? pause * 1.5 : LongestPause;

    private async Task ReadOrdersAsync(string nodeId, CancellationToken cancellationToken)
    {
        if (_reading)
            return;
        await queues.OpenControlAsync(NodeQueues.Orders(nodeId), cancellationToken);
        // The data connection may be away for long; nothing waits for it.
        _exec = queues.OpenDataAsync(NodeQueues.Exec(nodeId), cancellationToken);
        _reading = true;
    }

    private async Task LeaveOrdersAsync(string nodeId, CancellationToken cancellationToken)
    {
        if (!_reading)
            return;
        await queues.CloseAsync(Queues.Node(nodeId), cancellationToken);
        if (_exec.IsCompletedSuccessfully)
            await queues.CloseAsync(Queues.NodeExec(nodeId), cancellationToken);
        _reading = false;
    }

    /// <summary>Ends early when an answer comes.</summary>
    private async Task PauseAsync(TimeSpan most, CancellationToken cancellationToken)
    {
        var refusal = membership.Refusal;
        using var due = new CancellationTokenSource(most, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(due.Token, cancellationToken);
        try
        {
            // The same refusal again is no reason to ask at once.
            do
                await membership.ChangedAsync(either.Token);
            while (!membership.ConfirmedNow && membership.Refusal == refusal);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
        }
    }

    private async Task AskAsync(string nodeId, string key, CancellationToken cancellationToken)
    {
        try
        {
            var now = facts.Last ?? await facts.ReadAsync(cancellationToken);
            var join = new JoinGrid
            {
                NodeId = nodeId,
                Name = options.Name ?? facts.EngineHostName,
                // To the broker it is known who asks; a token would only lie about there.
                Token = options.Outlet is null ? options.Token : "",
                Labels = options.Labels.Count > 0 ? options.Labels : facts.EngineLabels,
                Facts = now,
                Key = key,
                Run = board.Run,
            };
            await bus.SendAsync(Destination.Report("", "join"), join, cancellationToken);
        }
        catch (Exception error) when (error is TimeoutException or EngineException or EngineUnavailableException)
        {
            logger.LogWarning("Can't ask to join yet: {Reason}", error.Message);
        }
    }
}
