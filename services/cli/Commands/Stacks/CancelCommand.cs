using System.CommandLine;
using Kontena.Cli.Api;
using Kontena.Cli.Features;
using Kontena.Cli.Parsing;

namespace Kontena.Cli.Commands.Stacks;

/// <summary><c>kontena stack cancel NAME ...</c>: the service under way finishes what it began, no further one is deployed.</summary>
internal sealed class CancelCommand : CommandBody
{
    private readonly Argument<string[]> names;
    private readonly GridFeature grid;

    public CancelCommand()
    {
        names = Several("NAME", "The stacks");
        grid = new GridFeature(this);
    }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var where = grid.Of(run);
        foreach (var name in run.Value(names))
        {
            await run.Progress.RunAsync($"Cancelling the deploy of stack {name}", _ => run.Api.PostAsync($"{ApiPaths.Stack(where, name)}/cancel", cancellationToken));
            run.Next($"kontena stack show {name}");
        }

        return Exit.Done;
    }
}
