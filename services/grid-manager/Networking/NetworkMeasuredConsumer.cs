using Kontena.Contracts.Commands;
using Kontena.Contracts.Networking;
using Kontena.GridManager.Decisions;
using Kontena.GridManager.Nodes;
using Kontena.State;
using Kontena.State.Documents;
using MassTransit;

namespace Kontena.GridManager.Networking;

/// <summary>What agents measured: the newest of each node is kept.</summary>
internal sealed class NetworkMeasuredConsumer(GridLedger ledger, ReportDrops drops) : IConsumer<NetworkMeasured>
{
    /// <summary>More peers than a grid has nodes.</summary>
    private const int MostPairs = 254;
    private const int LongestText = 300;

    public Task Consume(ConsumeContext<NetworkMeasured> context) => drops.OrDropAsync("Measurement of the network", context.Message.NodeId, () =>
        ledger.DecideAsync(context.Message.Grid, (grid, now) => Decide(grid, context.Message, now), context.CancellationToken));

    internal static Decision<CommandResult> Decide(GridSnapshot grid, NetworkMeasured measured, DateTimeOffset now)
    {
        if (grid.Node(measured.Node) is not { } found || found.Value.NodeId != measured.NodeId || measured.CheckId is not { Length: > 0 and <= 64 })
            return Decision.NotFound(NodeTexts.Missing(measured.Grid, measured.Node));
        var batch = new CommitBatch(grid.Grid.Name);
        batch.Put(StateKeys.NetworkCheck, new NetworkCheck
        {
            Grid = measured.Grid,
            Node = measured.Node,
            CheckId = measured.CheckId,
            At = now,
            Pairs = [.. measured.Pairs.Where(pair => pair is { Peer: not null } && grid.Node(pair.Peer) is not null && (pair.Driver is null || OverlayDriver.All.Contains(pair.Driver))).Take(MostPairs).Select(pair => pair with { Why = pair.Why is { Length: > LongestText } why ? why[..LongestText] : pair.Why })],
        }, CommitBatch.AnyVersion);
        return new(CommandResult.Done(null), batch, []);
    }
}
