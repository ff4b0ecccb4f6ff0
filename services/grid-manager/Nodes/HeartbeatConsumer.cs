using Kontena.Contracts.Nodes;
using Kontena.GridManager.Nodes.Liveness;
using MassTransit;

namespace Kontena.GridManager.Nodes;

/// <summary>Heartbeats only touch memory; <see cref="LivenessLoop"/> stores what follows from them.</summary>
internal sealed class HeartbeatConsumer(NodeLivenessMonitor monitor, NodeDirectory directory, JoinAnswers answers, ReportDrops drops)
    : IConsumer<NodeHeartbeat>, IConsumer<LivenessProbe>
{
    public Task Consume(ConsumeContext<NodeHeartbeat> context) =>
        drops.OrDropAsync("Heartbeat", context.Message.NodeId, () => TakeAsync(context.Message, context.CancellationToken));

    public Task Consume(ConsumeContext<LivenessProbe> context)
    {
        monitor.ProbeReturned(context.Message);
        return Task.CompletedTask;
    }

    private async Task TakeAsync(NodeHeartbeat heartbeat, CancellationToken cancellationToken)
    {
        var hearing = monitor.Heard(heartbeat);
        if (hearing == Hearing.Unknown)
            hearing = await directory.LearnAsync(heartbeat, cancellationToken);
        if (hearing == Hearing.Unknown)
        {
            // The record was removed, or the number given to another machine since. The agent says so in its log and asks again when restarted.
            await answers.RefuseAsync(
                heartbeat.NodeId,
                heartbeat.Run,
                $"grid {heartbeat.Grid} has no node {heartbeat.Node} with this engine: the record was removed; restart the agent to join again",
                cancellationToken);
        }
        else if (hearing == Hearing.Rival)
        {
            monitor.Refused(heartbeat.Grid, heartbeat.Node, null);
            await answers.RefuseRivalAsync(heartbeat.NodeId, heartbeat.Run, NodeTexts.Cloned(heartbeat.Grid, heartbeat.Node), cancellationToken);
        }
        else if (hearing == Hearing.OtherFacts)
        {
            await answers.AskForFactsAsync(heartbeat.Grid, heartbeat.NodeId, cancellationToken);
        }
    }
}
