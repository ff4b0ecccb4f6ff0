using System.Security.Cryptography;
using Kontena.Contracts.Commands;
using Kontena.Contracts.Nodes;
using Kontena.GridManager.Decisions;
using Kontena.GridManager.Identities;
using Kontena.GridManager.Networking;
using Kontena.GridManager.Nodes.Liveness;
using MassTransit;

namespace Kontena.GridManager.Nodes;

/// <summary>Commands about nodes.</summary>
/// <param name="keepers">One when nodes have broker users; none without a broker or its management API.</param>
internal sealed class NodeConsumer(GridLedger ledger, NodeLivenessMonitor monitor, JoinLookup lookup, NetworkMapPublisher networks, IEnumerable<IdentityKeeper> keepers)
    : IConsumer<UpdateNode>, IConsumer<RemoveNode>, IConsumer<CreateNode>, IConsumer<ResetNodeToken>
{
    public async Task Consume(ConsumeContext<UpdateNode> context)
    {
        var result = await ledger.DecideAsync(context.Message.Grid, (grid, now) => UpdateNodeDecision.Decide(grid, context.Message, now), context.CancellationToken);
        networks.Poke(context.Message.Grid);
        await context.AnswerAsync(result);
    }

    public async Task Consume(ConsumeContext<RemoveNode> context)
    {
        var result = await ledger.DecideAsync(context.Message.Grid, (grid, now) => RemoveNodeDecision.Decide(grid, context.Message, now), context.CancellationToken);
        if (result.Outcome == CommandOutcome.Done)
        {
            monitor.Forget(context.Message.Grid, context.Message.Node);
            LookAtUsers();
        }

        networks.Poke(context.Message.Grid);
        await context.AnswerAsync(result);
    }

    public async Task Consume(ConsumeContext<CreateNode> context)
    {
        var command = context.Message;
        var taken = command.Token is { Length: > 0 } token && await lookup.IsTakenAsync(token, context.CancellationToken);
        await context.AnswerAsync(await ledger.DecideAsync(
            command.Grid, (grid, now) => CreateNodeDecision.Decide(grid, command, RandomToken(), taken, now), context.CancellationToken));
    }

    public async Task Consume(ConsumeContext<ResetNodeToken> context)
    {
        var command = context.Message;
        var taken = command.Token is { Length: > 0 } token && await lookup.IsTakenAsync(token, context.CancellationToken);
        var result = await ledger.DecideAsync(
            command.Grid, (grid, now) => ResetNodeTokenDecision.Decide(grid, command, RandomToken(), taken, now), context.CancellationToken);
        if (result.Outcome == CommandOutcome.Done && command.ResetConnection)
            LookAtUsers();
        await context.AnswerAsync(result);
    }

    /// <summary>What is committed says which go.</summary>
    private void LookAtUsers()
    {
        foreach (var keeper in keepers)
            keeper.LookNow();
    }

    /// <summary>Without signs that a shell or a URL would take for something else.</summary>
    private static string RandomToken() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
}
