using System.CommandLine;
using Kontena.Cli.Api;
using Kontena.Cli.Features;
using Kontena.Cli.Parsing;

namespace Kontena.Cli.Commands.Services;

/// <summary><c>kontena service stop NAME ...</c>: its instances stop and stay where they are.</summary>
internal sealed class StopCommand : CommandBody
{
    private readonly Argument<string[]> names;
    private readonly GridFeature grid;

    public StopCommand()
    {
        names = Several("NAME", "The services: name or stack/name");
        grid = new GridFeature(this);
    }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var where = grid.Of(run);
        foreach (var name in run.Value(names))
            await run.Progress.RunAsync($"Stopping service {name}", _ => run.Api.PostAsync($"{ApiPaths.Service(where, name)}/stop", cancellationToken));
        return Exit.Done;
    }
}
