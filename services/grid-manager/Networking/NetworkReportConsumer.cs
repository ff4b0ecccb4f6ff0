using Kontena.Contracts.Commands;
using Kontena.Contracts.Messaging;
using Kontena.Contracts.Networking;
using Kontena.Core.Networking;
using Kontena.GridManager.Decisions;
using Kontena.GridManager.Nodes;
using Kontena.Hosting.Bus;
using Kontena.State;
using Kontena.State.Documents;
using MassTransit;
using Microsoft.Extensions.Logging;

namespace Kontena.GridManager.Networking;

/// <summary>What agents say of their network: stored when it changed, answered with the newest map when theirs is old.</summary>
internal sealed class NetworkReportConsumer(GridLedger ledger, IStateStore store, NetworkMapPublisher publisher, IControlBus bus, ReportDrops drops, ILogger<NetworkReportConsumer> logger)
    : IConsumer<NodeNetworkReport>
{
    /// <summary>1 once a revision was not believed: said once, as whoever lies does so every minute.</summary>
    private static int _doubted;

    private const int KeyLength = 44;

    public Task Consume(ConsumeContext<NodeNetworkReport> context) =>
        drops.OrDropAsync("Network report", context.Message.NodeId, () => TakeAsync(context.Message, context.CancellationToken));

    private async Task TakeAsync(NodeNetworkReport report, CancellationToken cancellationToken)
    {
        if (report.Network is null)
            return;
        var changed = false;
        var result = await ledger.DecideAsync(report.Grid, (grid, now) =>
        {
            var decision = Decide(grid, report, now);
            changed = decision.Batch is not null;
            return decision;
        }, cancellationToken);
        if (result.Outcome != CommandOutcome.Done)
            return;
        var map = await store.GetAsync(StateKeys.NetworkMap, report.Grid, "map", cancellationToken);
        var revision = NetworkMapPlanner.Believable(report.Revision, map?.Value.Revision ?? 0);
        if (revision != report.Revision && Interlocked.Exchange(ref _doubted, 1) == 0)
            logger.LogWarning("Node {Grid}/{Node} says its network map has revision {Revision}, which can't be; it is ignored", report.Grid, report.Node, report.Revision);
        if (changed || map is null || revision > map.Value.Revision)
            publisher.Poke(report.Grid, revision);
        else if (revision < map.Value.Revision)
            await bus.SendAsync(Destination.Node(report.NodeId), new GridChanged { Map = map.Value }, cancellationToken);
    }

    internal static Decision<CommandResult> Decide(GridSnapshot grid, NodeNetworkReport report, DateTimeOffset now)
    {
        if (grid.Node(report.Node) is not { } found || found.Value.NodeId != report.NodeId)
            return Decision.NotFound(NodeTexts.Missing(report.Grid, report.Node));
        var network = Sane(report.Network);
        IReadOnlyList<string> remarks = [.. report.Remarks.Where(remark => !string.IsNullOrEmpty(remark)).Take(NodeNetworkReport.MostRemarks).Select(Cut)];
        if (NetworkMapText.Of(found.Value.Network) == NetworkMapText.Of(network) && remarks.SequenceEqual(found.Value.NetworkRemarks))
            return Decision.Unchanged();
        var draft = new GridDraft(report.Grid);
        draft.Put(StateKeys.Node, found.Value with { Network = network, NetworkRemarks = remarks, UpdatedAt = now }, found.Version, $"node {report.Node} has told of its network", isNews: false);
        return Decision.Done(draft);
    }

    /// <summary>Only what is well formed goes on to the other nodes: the report comes from a machine that may be anybody's.</summary>
    internal static NodeNetwork Sane(NodeNetwork told) => told with
    {
        WireGuardKey = IsKey(told.WireGuardKey) ? told.WireGuardKey : null,
        NextKey = IsKey(told.NextKey) ? told.NextKey : null,
        Port = told.Port is > 0 and < 65536 ? told.Port : 0,
        Mtu = told.Mtu is >= 576 and <= 65536 ? told.Mtu : 0,
        Addresses = [.. told.Addresses.Where(IsAddress).Take(NodeNetwork.MostAddresses)],
    };

    private static string Cut(string remark) => remark.Length <= NodeNetworkReport.LongestRemark ? remark : remark[..NodeNetworkReport.LongestRemark];

    private static bool IsKey(string? key) =>
        key is { Length: KeyLength } && Convert.TryFromBase64String(key, stackalloc byte[KeyLength], out var length) && length == 32;

    private static bool IsAddress(string? text) =>
        text?.Split('/') is [var address, var prefix] && HostAddress.Plain(address) is not null && int.TryParse(prefix, out var bits) && bits is >= 0 and <= 32;
}
