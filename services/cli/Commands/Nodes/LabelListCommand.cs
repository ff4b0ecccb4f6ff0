using System.CommandLine;
using Kontena.Cli.Features;
using Kontena.Cli.Parsing;

namespace Kontena.Cli.Commands.Nodes;

/// <summary><c>kontena node label ls NODE</c>: one label per line.</summary>
internal sealed class LabelListCommand : CommandBody
{
    private readonly Argument<string> node;
    private readonly GridFeature grid;

    public LabelListCommand()
    {
        node = Required("NODE", "The node");
        grid = new GridFeature(this);
    }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        foreach (var label in await NodeLabels.ReadAsync(run, grid.Of(run), run.Value(node), cancellationToken)) run.Out.WriteLine(label);
        return Exit.Done;
    }
}
