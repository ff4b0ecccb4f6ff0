using System.CommandLine;
using System.Globalization;
using Kontena.Cli.Api;
using Kontena.Cli.Features;
using Kontena.Cli.Output;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;
using Kontena.Contracts.Placement;

namespace Kontena.Cli.Commands.Services;

/// <summary><c>kontena service explain NAME</c>: where its instances belong, why, and what would help those that find no node.</summary>
internal sealed class ExplainCommand : CommandBody
{
    private readonly Argument<string> name;
    private readonly Option<string?> instance;
    private readonly Option<bool> nodes;
    private readonly GridFeature grid;
    private readonly OutputFeature output;

    public ExplainCommand()
    {
        name = Required("NAME", "The service: name or stack/name");
        instance = Text("--instance", null, "NUMBER", "Only this instance, with every node");
        nodes = Switch("--nodes", null, "Every node for every instance, not only for those without one");
        grid = new GridFeature(this);
        output = new OutputFeature(this);
    }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var only = run.Value(instance);
        var path = $"{ApiPaths.Service(grid.Of(run), run.Value(name))}/explain{(only is null ? "" : $"?instance={Uri.EscapeDataString(only)}")}";
        var body = await run.Api.GetAsync(path, cancellationToken);
        if (!output.WroteJson(run, body))
            Write(run, ApiClient.Read(path, body, KontenaResponseJson.Default.PlacementExplained), every: only is not null || run.Value(nodes));
        return Exit.Done;
    }

    private static void Write(CommandRun run, PlacementExplained answer, bool every)
    {
        if (answer.Problem is not null)
        {
            run.Out.WriteLine($"nothing can be placed: {answer.Problem}");
            return;
        }

        run.Out.WriteLine($"{answer.Placed} of {answer.Wanted} instances {(answer.Placed == 1 ? "has" : "have")} a node");
        if (answer.Reach is not null) run.Out.WriteLine(answer.Reach);
        run.Out.WriteLine();
        var instances = new Table("INSTANCE", "NODE", "WHY");
        foreach (var one in answer.Instances)
            instances.Add(one.Name, one.Node ?? "-", Why(one));
        instances.Write(run.Out, run.Paint);
        if (answer.More > 0) run.Out.WriteLine($"and {answer.More.ToString(CultureInfo.InvariantCulture)} more; --instance NUMBER tells of one of them");

        foreach (var one in answer.Instances.Where(one => every || one.Node is null))
        {
            run.Out.WriteLine();
            run.Out.WriteLine($"{one.Name}:");
            var table = new Table("NODE", "VERDICT", "");
            foreach (var node in one.Nodes)
                table.Add(node.Node, node.Rule is null ? (node.Node == one.Node ? "chosen" : "possible") : $"no: {node.Rule}", node.Detail ?? Score(node));
            table.Write(run.Out, run.Paint);
        }

        if (answer.Suggestions.Count == 0) return;
        run.Out.WriteLine();
        run.Out.WriteLine("Any of these would let all of them be placed:");
        foreach (var change in answer.Suggestions) run.Out.WriteLine($"  {change.Text}");
    }

    private static string Why(ExplainedInstance one)
    {
        if (one.Problem is not null) return one.Problem;
        if (one.Stays) return "stays: every rule allows it";
        if (one.Node is null)
        {
            var rules = one.Nodes.GroupBy(node => node.Rule).OrderByDescending(rule => rule.Count()).Select(rule => $"{rule.Count()} {rule.Key}");
            return one.Nodes.Count == 0 ? "the grid has no nodes" : $"no node may take it: {string.Join(", ", rules)}";
        }

        var others = one.Nodes.Count(node => node.Rule is null) - 1;
        var moves = one.Now is null ? "" : $"leaves {one.Now}; ";
        return moves + (others > 0 ? $"best of {others + 1}: {Score(one.Nodes[0])}" : "the only one that may take it");
    }

    // What is nought everywhere tells nobody anything.
    private static string Score(ExplainedNode node)
    {
        var told = node.Score.Where(term => term.Value != 0).Select(term => $"{term.Name} {term.Value.ToString(CultureInfo.InvariantCulture)}").ToList();
        return told.Count == 0 ? "empty" : string.Join(", ", told);
    }
}
