using System.CommandLine;
using Kontena.Cli.Features;
using Kontena.Cli.Parsing;

namespace Kontena.Cli.Commands.Nodes;

/// <summary><c>kontena node label rm NODE LABEL ...</c>.</summary>
internal sealed class LabelRemoveCommand : CommandBody
{
    private readonly Argument<string> node;
    private readonly Argument<string[]> labels;
    private readonly Option<bool> force;
    private readonly GridFeature grid;

    public LabelRemoveCommand()
    {
        node = Required("NODE", "The node");
        labels = Several("LABEL", "Labels such as region=eu");
        force = Switch("--force", null, "Ignore labels the node does not have");
        grid = new GridFeature(this);
    }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var (where, name) = (grid.Of(run), run.Value(node));
        var present = await NodeLabels.ReadAsync(run, where, name, cancellationToken);
        var missing = run.Value(labels).Except(present).ToList();
        if (missing.Count > 0 && !run.Value(force))
            throw new CliException($"Node {name} has no label {string.Join(", ", missing)}", remedy: $"Its labels: kontena node label ls {name}");
        await NodeLabels.WriteAsync(run, where, name, [.. present.Except(run.Value(labels))], cancellationToken);
        return Exit.Done;
    }
}
