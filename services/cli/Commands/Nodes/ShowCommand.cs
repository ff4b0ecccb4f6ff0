using System.CommandLine;
using System.Globalization;
using Kontena.Cli.Api;
using Kontena.Cli.Features;
using Kontena.Cli.Output;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Commands.Nodes;

/// <summary><c>kontena node show NODE</c> (cli.md §14).</summary>
internal sealed class ShowCommand : CommandBody
{
    /// <summary>Seconds; the way of a message looks like less.</summary>
    private const double ClockShown = 2;

    private readonly Argument<string> name;
    private readonly GridFeature grid;
    private readonly OutputFeature output;

    public ShowCommand()
    {
        name = Required("NODE", "The node");
        grid = new GridFeature(this);
        output = new OutputFeature(this);
    }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var path = ApiPaths.Node(grid.Of(run), run.Value(name));
        var body = await run.Api.GetAsync(path, cancellationToken);
        if (!output.WroteJson(run, body)) Write(run, ApiClient.Read(path, body, KontenaResponseJson.Default.NodeJson));
        return Exit.Done;
    }

    private static void Write(CommandRun run, NodeJson node)
    {
        var block = new Outline(run.Out).Open(node.Id);
        block.Field("id", node.NodeId)
            .Field("agent version", node.AgentVersion)
            .Field("docker version", node.DockerVersion)
            .Field("connected", node.Connected)
            .Optional("restarting", node.Status == "restarting" ? "yes, its agent said that it goes and comes back; nothing is moved yet" : null)
            .Field("last connect", Time(node.ConnectedAt))
            .Field("last seen", Time(node.LastSeenAt))
            .Field("availability", node.Availability)
            .Optional("disk pressure", node.DiskPressure ? "yes, nothing new is placed here" : null)
            .Field("public ip", node.PublicIp)
            .Field("private ip", node.PrivateIp)
            .Field("overlay ip", node.OverlayIp)
            .Field("os", node.Os)
            .Field("kernel", node.KernelVersion);
        block.Open("drivers").Field("storage", node.Driver).Field("volume", string.Join(",", node.VolumeDrivers.Select(driver => driver.Name)));
        block.Field("initial node", node.InitialMember);
        block.List("labels", node.Labels);
        if (node.ClockAhead is { } ahead && Math.Abs(ahead) >= ClockShown)
            block.Field("clock", $"{Ages.Span(TimeSpan.FromSeconds(Math.Abs(ahead)))} {(ahead < 0 ? "behind" : "ahead")}");
        if (node.Availability == "drain")
        {
            var drain = block.Open("drain").Field("state", DrainText.Summary(node.Drain));
            drain.List("left", node.Drain?.Left.Select(one => $"{one.Name}: {one.Reason}"));
        }

        block.List("warnings", node.Warnings);
        block.List("data of instances", node.Data?.Instances);
        block.List("volumes", node.Data?.Volumes);

        var stats = block.Open("stats").Field("cpus", node.Cpus);
        if (node.ResourceUsage is not { } usage) return;
        if (usage.Load is { } load) stats.Field("load", $"{Number(load.OneMinute)} {Number(load.FiveMinutes)} {Number(load.FifteenMinutes)}");
        if (usage.Memory is { } memory)
            stats.Field("memory", $"{Sizes.Gigabytes(memory.Used - memory.Cached - memory.Buffers)} of {Sizes.Gigabytes(memory.Total)} GB");
        stats.List("filesystem", usage.Filesystem.Select(disk => $"{disk.Name}: {Sizes.Gigabytes(disk.Used)} of {Sizes.Gigabytes(disk.Total)} GB"));
    }

    private static string? Time(DateTimeOffset? time) => time is { } value ? HttpTimes.Zulu(value) : null;

    private static string Number(double value) => value.ToString("0.0#", CultureInfo.InvariantCulture);
}
