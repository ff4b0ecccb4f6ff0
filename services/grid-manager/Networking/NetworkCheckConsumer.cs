using Kontena.Contracts.Commands;
using Kontena.Contracts.Messaging;
using Kontena.Contracts.Networking;
using Kontena.Contracts.Nodes;
using Kontena.Core.Ids;
using Kontena.GridManager.Decisions;
using Kontena.GridManager.Nodes;
using Kontena.State;
using Kontena.State.Documents;
using MassTransit;

namespace Kontena.GridManager.Networking;

/// <summary>Lets the nodes of a grid measure their ways to one another.</summary>
internal sealed class NetworkCheckConsumer(GridLedger ledger, TimeProvider time) : IConsumer<CheckNetwork>
{
    public async Task Consume(ConsumeContext<CheckNetwork> context)
    {
        var id = ObjectId.New(time).ToString();
        await context.AnswerAsync(await ledger.DecideAsync(
            context.Message.Grid, (grid, now) => Decide(grid, context.Message, id), context.CancellationToken, withLiveness: true));
    }

    internal static Decision<CommandResult> Decide(GridSnapshot grid, CheckNetwork command, string id)
    {
        var online = grid.Liveness.Where(node => node.Value.State == LivenessState.Online).Select(node => node.Value.Node).ToHashSet(StringComparer.Ordinal);
        var asked = grid.Nodes.Select(node => node.Value).Where(node => online.Contains(node.Name) && node is { NodeId: not null, Network: not null }).OrderBy(node => node.Number).ToList();
        if (asked.Count == 0)
            return Decision.Refused("grid", $"No node of grid {command.Grid} is online that could measure its network");
        var batch = new CommitBatch(grid.Grid.Name);
        foreach (var node in asked)
            batch.Send(Destination.Node(node.NodeId!), new MeasureNetwork { CheckId = id, Throughput = command.Throughput });
        return new(CommandResult.Done(id) with { Notes = [.. asked.Select(node => node.Name)] }, batch, [$"{asked.Count} nodes are asked to measure their network"]);
    }
}
