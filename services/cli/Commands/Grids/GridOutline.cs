using System.Globalization;
using Kontena.Cli.Api;
using Kontena.Cli.Output;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Commands.Grids;

/// <summary>The block of <c>grid show</c> and <c>grid current</c> (cli.md §13).</summary>
internal static class GridOutline
{
    public static async Task WriteAsync(CommandRun run, GridJson grid, CancellationToken cancellationToken)
    {
        var nodes = (await run.Api.GetAsync($"{ApiPaths.Grid(grid.Name)}/nodes", KontenaResponseJson.Default.NodesJson, cancellationToken)).Nodes;
        var block = new Outline(run.Out).Open(grid.Name);
        block.Field("uri", AgentUri(run.Api.Url));
        block.Field("initial_size", grid.InitialSize);
        block.List("default_affinity", grid.DefaultAffinity);
        block.Optional("subnet", grid.Subnet).Optional("supernet", grid.Supernet);
        block.List("trusted_subnets", grid.TrustedSubnets);
        block.Field("overlay_driver", grid.OverlayDriver);
        block.Field("stack_networks", grid.StackNetworks);
        block.Optional("quota", grid.Quota is { } quota ? QuotaTexts.Show(quota) : null);
        block.List("stack_quotas", grid.StackQuotas?.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => $"{one.Key}:{QuotaTexts.Show(one.Value)}"));
        WriteStats(block.Open("stats"), grid, nodes);
        if (grid.Stats.Statsd is { } statsd) block.Open("exports").Field("statsd", $"{statsd.Server}:{statsd.Port}");
        if (grid.Logs is not { } shipped) return;
        var logs = new Outline(run.Out).Open("logs");
        logs.Field("forwarder", shipped.Forwarder);
        foreach (var (key, value) in shipped.Opts) logs.Field(key, value);
    }

    private static void WriteStats(Outline stats, GridJson grid, IReadOnlyList<NodeJson> nodes)
    {
        var connected = nodes.Where(node => node.Connected).ToList();
        stats.Field("nodes", $"{connected.Count} of {grid.NodeCount}");
        stats.Field("cpus", connected.Sum(node => node.Cpus ?? 0));
        var usage = connected.Select(node => node.ResourceUsage).OfType<ResourceUsageJson>().ToList();
        var loads = usage.Select(part => part.Load).OfType<LoadJson>().ToList();
        string Average(Func<LoadJson, double> of) =>
            (loads.Sum(of) / Math.Max(connected.Count, 1)).ToString("0.0#", CultureInfo.InvariantCulture);
        stats.Field("load", $"{Average(load => load.OneMinute)} {Average(load => load.FiveMinutes)} {Average(load => load.FifteenMinutes)}");
        var memory = usage.Select(part => part.Memory).OfType<MemoryUsageJson>().Sum(part => (double)(part.Used - part.Cached - part.Buffers));
        stats.Field("memory", $"{Sizes.Gigabytes(memory)} of {Sizes.Gigabytes(connected.Sum(node => (double)(node.MemTotal ?? 0)))} GB");
        var disks = connected
            .Select(node => node.ResourceUsage?.Filesystem.FirstOrDefault(disk => disk.Name == node.EngineRootDir))
            .OfType<FilesystemJson>().ToList();
        stats.Field("filesystem", $"{Sizes.Gigabytes(disks.Sum(disk => (double)disk.Used))} of {Sizes.Gigabytes(disks.Sum(disk => (double)disk.Total))} GB");
        stats.Field("users", grid.UserCount).Field("services", grid.ServiceCount).Field("containers", grid.ContainerCount);
    }

    /// <summary>Agents of the original joined over a websocket; the address keeps that form.</summary>
    private static string AgentUri(string url) =>
        url.StartsWith("https", StringComparison.Ordinal) ? $"wss{url[5..]}" : url.StartsWith("http", StringComparison.Ordinal) ? $"ws{url[4..]}" : url;
}
