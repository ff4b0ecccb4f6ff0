using System.CommandLine;
using System.Globalization;
using Kontena.Cli.Api;
using Kontena.Cli.Features;
using Kontena.Cli.Output;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;
using Kontena.Contracts.Placement;

namespace Kontena.Cli.Commands.Grids;

/// <summary><c>kontena grid simulate</c>: what would move, and what would find no place, without doing any of it.</summary>
internal sealed class SimulateCommand : CommandBody
{
    private const int Most = 40;
    private readonly Option<string[]> lose;
    private readonly Option<string?> add;
    private readonly Option<string[]> labels;
    private readonly GridFeature grid;
    private readonly OutputFeature output;

    public SimulateCommand()
    {
        lose = Many("--lose", null, "NODE|LABEL", "Nodes that go away for good: a name, or a label that they share");
        add = Text("--add", null, "COUNT", "Nodes that join, each as large as the largest there is");
        labels = Many("--label", null, "LABEL", "A label of the nodes that join");
        grid = new GridFeature(this);
        output = new OutputFeature(this);
    }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var query = (run.Value(lose) ?? []).Select(one => $"lose={Uri.EscapeDataString(one)}")
            .Concat((run.Value(labels) ?? []).Select(one => $"label={Uri.EscapeDataString(one)}"));
        if (run.Value(add) is { } count) query = query.Append($"add={Uri.EscapeDataString(count)}");
        var path = $"{ApiPaths.Grid(grid.Of(run))}/simulation?{string.Join('&', query)}";
        var body = await run.Api.GetAsync(path, cancellationToken);
        if (!output.WroteJson(run, body)) Write(run, ApiClient.Read(path, body, KontenaResponseJson.Default.GridSimulated));
        return Exit.Done;
    }

    private static void Write(CommandRun run, GridSimulated answer)
    {
        run.Out.WriteLine($"lost: {Names(answer.Lost)}   added: {Names(answer.Added)}");
        if (answer.Moves.Count > 0)
        {
            run.Out.WriteLine();
            var moves = new Table("INSTANCE", "FROM", "TO");
            foreach (var move in answer.Moves.Take(Most)) moves.Add(move.Instance, move.From ?? "-", move.To);
            moves.Write(run.Out, run.Paint);
            if (answer.Moves.Count > Most) run.Out.WriteLine($"and {answer.Moves.Count - Most} more; --json has them all");
        }

        run.Out.WriteLine();
        var nodes = new Table("NODE", "INSTANCES", "THEN", "MEMORY RESERVED");
        foreach (var node in answer.Nodes)
            nodes.Add(node.Node, Text(node.Before), Text(node.After), node.Memory > 0 ? $"{node.MemoryReserved * 100 / node.Memory} %" : "-");
        nodes.Write(run.Out, run.Paint);

        foreach (var refusal in answer.Unplaced)
        {
            run.Out.WriteLine();
            run.Out.WriteLine($"{refusal.Service}: {refusal.Missing} {(refusal.Missing == 1 ? "instance finds" : "instances find")} no place"
                + (refusal.Data ? "; their data is on a lost node" : ""));
            run.Out.WriteLine($"  {refusal.Reason}");
        }

        if (answer.Unplaced.Count == 0)
        {
            run.Out.WriteLine();
            run.Out.WriteLine("Every instance of every running service has a place.");
        }
    }

    private static string Names(IReadOnlyList<string> names) => names.Count switch
    {
        0 => "none",
        > 8 => $"{string.Join(", ", names.Take(8))} and {names.Count - 8} more",
        _ => string.Join(", ", names),
    };

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
