using System.CommandLine;
using Kontena.Cli.Api;
using Kontena.Cli.Features;
using Kontena.Cli.Parsing;

namespace Kontena.Cli.Commands.Nodes;

/// <summary><c>kontena node rotate-key NODE ...</c>: the new key is spread first and used some seconds later.</summary>
internal sealed class RotateKeyCommand : CommandBody
{
    private readonly Argument<string[]> names;
    private readonly GridFeature grid;

    public RotateKeyCommand()
    {
        names = Several("NODE", "The nodes");
        grid = new GridFeature(this);
    }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var where = grid.Of(run);
        foreach (var name in run.Value(names))
            await run.Progress.RunAsync($"Telling {name} to take another WireGuard key", _ => run.Api.PostAsync($"{ApiPaths.Node(where, name)}/rotate-key", cancellationToken));
        return Exit.Done;
    }
}
