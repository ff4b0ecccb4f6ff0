using System.CommandLine;
using Kontena.Cli.Features;
using Kontena.Cli.Parsing;

namespace Kontena.Cli.Commands.Nodes;

/// <summary><c>kontena node label add NODE LABEL ...</c>: labels that are there already stay once.</summary>
internal sealed class LabelAddCommand : CommandBody
{
    private readonly Argument<string> node;
    private readonly Argument<string[]> labels;
    private readonly GridFeature grid;

    public LabelAddCommand()
    {
        node = Required("NODE", "The node");
        labels = Several("LABEL", "Labels such as region=eu");
        grid = new GridFeature(this);
    }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var (where, name) = (grid.Of(run), run.Value(node));
        var present = await NodeLabels.ReadAsync(run, where, name, cancellationToken);
        await NodeLabels.WriteAsync(run, where, name, [.. present.Union(run.Value(labels))], cancellationToken);
        return Exit.Done;
    }
}
