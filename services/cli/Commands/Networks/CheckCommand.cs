using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Kontena.Cli.Api;
using Kontena.Cli.Features;
using Kontena.Cli.Output;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;
using Kontena.Contracts.Networking;

namespace Kontena.Cli.Commands.Networks;

/// <summary><c>kontena network check</c>: every node measures its way to every other. Ends with an error when one does not reach another, or does not answer.</summary>
internal sealed class CheckCommand : CommandBody
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly GridFeature grid;
    private readonly Option<bool> throughput;
    private readonly OutputFeature output;

    public CheckCommand()
    {
        grid = new GridFeature(this);
        throughput = Switch("--throughput", null, "Also measure how much goes through: a third of a second per pair");
        output = new OutputFeature(this);
    }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var path = $"{ApiPaths.Grid(grid.Of(run))}/network/check";
        var result = await run.Progress.RunAsync("Measuring the network", _ => MeasureAsync(run, path, cancellationToken));
        var silent = result.Asked.Except(result.Nodes.Select(node => node.Node)).ToList();
        var pairs = result.Nodes.SelectMany(node => node.Pairs, (node, pair) => (From: node.Node, Pair: pair)).ToList();
        if (output.WantsJson(run))
            run.Out.WriteLine(JsonSerializer.Serialize(result, KontenaResponseJson.Default.NetworkCheckJson));
        else
            Write(run, pairs, silent);
        return silent.Count == 0 && pairs.All(one => one.Pair is { Reached: true } pair && !(pair.Mtu < pair.PlannedMtu)) ? Exit.Done : Exit.Failed;
    }

    /// <summary>The results of those that answered in time.</summary>
    private async Task<NetworkCheckJson> MeasureAsync(CommandRun run, string path, CancellationToken cancellationToken)
    {
        var begun = await run.Api.PostAsync(
            path, new NetworkCheckRequest(run.Value(throughput)), KontenaResponseJson.Default.NetworkCheckRequest, KontenaResponseJson.Default.NetworkCheckJson, cancellationToken);
        var since = run.Time.GetTimestamp();
        while (true)
        {
            var seen = await run.Api.GetAsync(path, KontenaResponseJson.Default.NetworkCheckJson, cancellationToken);
            var answered = seen.Nodes.Where(node => node.CheckId == begun.CheckId).ToList();
            if (answered.Count >= begun.Asked.Count || run.Time.GetElapsedTime(since) > (run.Value(throughput) ? Patience + NetworkMeasured.Longest : Patience))
                return begun with { Nodes = answered };
            await Task.Delay(Pause, run.Time, cancellationToken);
        }
    }

    private static void Write(CommandRun run, List<(string From, NetworkPairJson Pair)> pairs, List<string> silent)
    {
        var table = new Table("FROM", "TO", "DRIVER", "RTT MS", "MTU", "MBIT/S");
        foreach (var (from, pair) in pairs)
            table.Add(from, pair.Node, pair.Driver ?? "-", pair.Reached ? Number(pair.RoundTrip, "0.000") : "unreached", Number(pair.Mtu, "0"), Number(pair.Megabits, "0"));
        table.Write(run.Out, run.Paint);
        if (pairs.Count == 0 && silent.Count == 0) run.Say("There is one node, which has no way to another");
        foreach (var (from, pair) in pairs.Where(one => !one.Pair.Reached || one.Pair.Mtu < one.Pair.PlannedMtu)) run.Warn($"{from} to {pair.Node}: {pair.Reason}");
        foreach (var node in silent) run.Warn($"{node} did not answer: its agent is older, or stuck; see kontena node show {node}");
    }

    private static string Number(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "-";
}
