using System.CommandLine;
using Kontena.Cli.Api;
using Kontena.Cli.Features;
using Kontena.Cli.Parsing;

namespace Kontena.Cli.Commands.Services;

/// <summary><c>kontena service start NAME ...</c>: what was stopped runs again.</summary>
internal sealed class StartCommand : CommandBody
{
    private readonly Argument<string[]> names;
    private readonly GridFeature grid;

    public StartCommand()
    {
        names = Several("NAME", "The services: name or stack/name");
        grid = new GridFeature(this);
    }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var where = grid.Of(run);
        foreach (var name in run.Value(names))
            await run.Progress.RunAsync($"Starting service {name}", _ => run.Api.PostAsync($"{ApiPaths.Service(where, name)}/start", cancellationToken));
        return Exit.Done;
    }
}
