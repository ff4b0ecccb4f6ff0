using Kontena.Contracts.Messaging;
using Kontena.Contracts.Nodes;
using Kontena.GridManager.Grids;
using Kontena.GridManager.Networking;
using Kontena.GridManager.Nodes.Liveness;
using Kontena.Hosting.Bus;
using MassTransit;

namespace Kontena.GridManager.Nodes;

/// <summary>Agents that ask to be nodes: with a token, or known to the broker as the node they are.</summary>
internal sealed class JoinConsumer(
    JoinAdmission admission, FirstGrid firstGrid, NodeLivenessMonitor monitor, JoinAnswers answers, NetworkMapPublisher networks, ReportDrops drops, TimeProvider time)
    : IConsumer<JoinGrid>
{
    private static readonly TimeSpan GridPatience = TimeSpan.FromSeconds(5);

    public Task Consume(ConsumeContext<JoinGrid> context) =>
        drops.OrDropAsync("Request to join", context.Message.NodeId, () => TakeAsync(context.Message, context.SentBy(), context.CancellationToken));

    private async Task TakeAsync(JoinGrid join, NodeOutlet? sender, CancellationToken cancellationToken)
    {
        if (!await IsGridSettledAsync(cancellationToken))
            return;
        var (grid, outcome) = sender is null ? await DecideAsync(join, cancellationToken) : (sender.Grid, await DecideKnownAsync(join, sender, cancellationToken));
        if (outcome.RivalOf is { } node)
        {
            monitor.Refused(grid!, node, join.Facts.PrivateIp is { } address ? $"{join.Name} ({address})" : join.Name);
            await answers.RefuseRivalAsync(join.NodeId, join.Run, outcome.Refusal!, cancellationToken);
        }
        else if (outcome.Refusal is not null)
        {
            await answers.RefuseAsync(join.NodeId, join.Run, outcome.Refusal, cancellationToken);
        }
        else if (outcome is { Node: { } joined, Joined: { } order })
        {
            monitor.Joined(joined, join.Run);
            networks.Poke(joined.Grid);
            if (join.Run is not null)
                await answers.WelcomeAsync(join.NodeId, join.Run, order, cancellationToken);
        }
    }

    private async Task<(string? Grid, JoinOutcome Outcome)> DecideAsync(JoinGrid join, CancellationToken cancellationToken)
    {
        if (JoinDecision.Mistake(join) is { } mistake)
            return (null, new JoinOutcome(null, mistake));
        return await admission.DecideAsync(join, null, cancellationToken);
    }

    private async Task<JoinOutcome> DecideKnownAsync(JoinGrid join, NodeOutlet sender, CancellationToken cancellationToken)
    {
        if (JoinDecision.Mistake(join, known: true) is { } mistake)
            return new JoinOutcome(null, mistake);
        return await admission.DecideKnownAsync(join, sender, cancellationToken);
    }

    /// <summary>False when the first grid can't be made yet; the agent hears nothing and asks again in seconds.</summary>
    private async Task<bool> IsGridSettledAsync(CancellationToken cancellationToken)
    {
        try
        {
            await firstGrid.Settled.WaitAsync(GridPatience, time, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
