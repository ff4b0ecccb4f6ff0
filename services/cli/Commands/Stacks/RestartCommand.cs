using System.CommandLine;
using Kontena.Cli.Api;
using Kontena.Cli.Features;
using Kontena.Cli.Parsing;

namespace Kontena.Cli.Commands.Stacks;

/// <summary><c>kontena stack restart NAME ...</c>: restarts every service of the stack.</summary>
internal sealed class RestartCommand : CommandBody
{
    private readonly Argument<string[]> names;
    private readonly GridFeature grid;

    public RestartCommand()
    {
        names = Several("NAME", "The stacks");
        grid = new GridFeature(this);
    }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var where = grid.Of(run);
        foreach (var name in run.Value(names))
            await run.Progress.RunAsync($"Restarting stack {name}", _ => run.Api.PostAsync($"{ApiPaths.Stack(where, name)}/restart", cancellationToken));
        return Exit.Done;
    }
}
