using System.CommandLine;
using Kontena.Cli.Api;
using Kontena.Cli.Features;
using Kontena.Cli.Parsing;

namespace Kontena.Cli.Commands.Stacks;

/// <summary><c>kontena stack stop NAME ...</c>: stops every service of the stack.</summary>
internal sealed class StopCommand : CommandBody
{
    private readonly Argument<string[]> names;
    private readonly GridFeature grid;

    public StopCommand()
    {
        names = Several("NAME", "The stacks");
        grid = new GridFeature(this);
    }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var where = grid.Of(run);
        foreach (var name in run.Value(names))
            await run.Progress.RunAsync($"Stopping stack {name}", _ => run.Api.PostAsync($"{ApiPaths.Stack(where, name)}/stop", cancellationToken));
        return Exit.Done;
    }
}
