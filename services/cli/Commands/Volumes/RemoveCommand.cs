using System.CommandLine;
using Kontena.Cli.Api;
using Kontena.Cli.Features;
using Kontena.Cli.Parsing;

namespace Kontena.Cli.Commands.Volumes;

/// <summary><c>kontena volume rm VOLUME ...</c>: the volume goes, and its data on every node.</summary>
internal sealed class RemoveCommand : CommandBody
{
    private readonly Argument<string[]> names;
    private readonly GridFeature grid;
    private readonly ConfirmFeature confirm;

    public RemoveCommand()
    {
        names = Several("VOLUME", "The volumes to remove");
        grid = new GridFeature(this);
        confirm = new ConfirmFeature(this);
    }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var where = grid.Of(run);
        foreach (var name in run.Value(names))
        {
            confirm.ByName(run, name);
            await run.Progress.RunAsync($"Removing volume {name}", _ => run.Api.DeleteAsync(ApiPaths.Volume(where, name), cancellationToken));
        }

        return Exit.Done;
    }
}
