using Kontena.Contracts.Commands;
using Kontena.Contracts.Messaging;
using Kontena.Contracts.Networking;
using Kontena.GridManager.Decisions;
using Kontena.GridManager.Nodes;
using Kontena.State;
using MassTransit;

namespace Kontena.GridManager.Networking;

/// <summary>Hands the wish for another key on to the node: keys are made there alone.</summary>
internal sealed class RotateNodeKeyConsumer(GridLedger ledger) : IConsumer<RotateNodeKey>
{
    public async Task Consume(ConsumeContext<RotateNodeKey> context) =>
        await context.AnswerAsync(await ledger.DecideAsync(context.Message.Grid, (grid, _) => Decide(grid, context.Message), context.CancellationToken));

    internal static Decision<CommandResult> Decide(GridSnapshot grid, RotateNodeKey command)
    {
        if (grid.Node(command.Node) is not { Value: var node })
            return Decision.NotFound(NodeTexts.Missing(command.Grid, command.Node));
        // One whose key another node has too has lost it in the map, not here.
        if (node.NodeId is null || node.Network?.WireGuardKey is null)
            return Decision.Refused("node", $"Node {command.Node} has no WireGuard key: install wireguard-tools on it, and wireguard-go when its kernel has no WireGuard");
        var batch = new CommitBatch(grid.Grid.Name);
        batch.Send(Destination.Node(node.NodeId), new RotateOverlayKey { Grid = command.Grid });
        return new(CommandResult.Done(), batch, [$"node {command.Node} is told to take another WireGuard key"]);
    }
}
