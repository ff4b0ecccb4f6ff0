using System.CommandLine;
using Kontena.Cli.Api;
using Kontena.Cli.Features;
using Kontena.Cli.Parsing;

namespace Kontena.Cli.Commands.Services;

/// <summary><c>kontena service restart NAME ...</c>: every instance is restarted where it is.</summary>
internal sealed class RestartCommand : CommandBody
{
    private readonly Argument<string[]> names;
    private readonly GridFeature grid;

    public RestartCommand()
    {
        names = Several("NAME", "The services: name or stack/name");
        grid = new GridFeature(this);
    }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var where = grid.Of(run);
        foreach (var name in run.Value(names))
            await run.Progress.RunAsync($"Restarting service {name}", _ => run.Api.PostAsync($"{ApiPaths.Service(where, name)}/restart", cancellationToken));
        return Exit.Done;
    }
}
