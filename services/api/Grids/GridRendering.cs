using Kontena.Api.Snapshots;
using Kontena.Contracts.Grids;
using Kontena.Contracts.Http;
using Kontena.Contracts.Networking;
using Kontena.Contracts.Stacks;
using Kontena.Core.Networking;

namespace Kontena.Api.Grids;

/// <summary>Grid documents as the API shows them (rest-api.md §9.1).</summary>
internal static class GridRendering
{
    /// <param name="withToken">False: whoever asks may only look.</param>
    public static GridJson Render(GridSnapshot snapshot, bool withToken)
    {
        var grid = snapshot.Grid;
        return new GridJson
        {
            Id = grid.Name,
            Name = grid.Name,
            Token = withToken ? grid.Token : null,
            InitialSize = grid.InitialSize,
            Stats = Stats(grid),
            DefaultAffinity = grid.DefaultAffinity,
            TrustedSubnets = grid.TrustedSubnets,
            OverlayDriver = grid.OverlayDriver ?? OverlayDriver.Auto,
            StackNetworks = grid.StackNetworks ?? StackNetworks.Grid,
            BlockPrefix = grid.BlockPrefix ?? GridSubnets.BlockPrefix,
            NodeCount = snapshot.Nodes.Count,
            ServiceCount = snapshot.Services.Count,
            ContainerCount = snapshot.Containers().Count(),
            UserCount = snapshot.UserCount,
            Subnet = grid.Subnet,
            Supernet = grid.Supernet,
            Logs = Logs(grid),
            Rebalance = grid.Rebalance ?? GridRebalance.Gentle,
            Quota = grid.Quota is { } quota ? Render(quota) : null,
            StackQuotas = grid.StackQuotas.Count == 0 ? null : grid.StackQuotas.ToDictionary(one => one.Key, one => Render(one.Value), StringComparer.Ordinal),
        };
    }

    /// <summary>The grid inside a node.</summary>
    /// <param name="withToken">False: whoever asks may only look.</param>
    public static NodeGridJson RenderForNode(Grid grid, bool withToken) => new()
    {
        Id = grid.Name,
        Name = grid.Name,
        InitialSize = grid.InitialSize,
        Token = withToken ? grid.Token : null,
        Stats = Stats(grid),
        Logs = Logs(grid),
        TrustedSubnets = grid.TrustedSubnets,
        Subnet = grid.Subnet,
        Supernet = grid.Supernet,
    };

    private static QuotaJson Render(Quota quota) => new(quota.Instances, quota.Cpus, quota.Memory);

    private static GridStatsJson Stats(Grid grid) =>
        new(grid.Statsd is { } statsd ? new StatsdJson(statsd.Server, statsd.Port) : null);

    private static GridLogsJson? Logs(Grid grid) => grid.Logs is { } logs ? new GridLogsJson(logs.Forwarder, logs.Opts) : null;
}
