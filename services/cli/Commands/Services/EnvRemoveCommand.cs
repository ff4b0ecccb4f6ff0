using System.CommandLine;
using Kontena.Cli.Api;
using Kontena.Cli.Features;
using Kontena.Cli.Parsing;

namespace Kontena.Cli.Commands.Services;

/// <summary><c>kontena service env rm NAME K ...</c>; takes effect with the next deploy.</summary>
internal sealed class EnvRemoveCommand : CommandBody
{
    private readonly Argument<string> name;
    private readonly Argument<string[]> keys;
    private readonly GridFeature grid;

    public EnvRemoveCommand()
    {
        name = Required("NAME", "The service: name or stack/name");
        keys = Several("KEY", "The names of the variables");
        grid = new GridFeature(this);
    }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var path = ApiPaths.Service(grid.Of(run), run.Value(name));
        foreach (var key in run.Value(keys))
        {
            await run.Progress.RunAsync(
                $"Removing env variable {key} from service {run.Value(name)}",
                _ => run.Api.DeleteAsync($"{path}/envs/{Uri.EscapeDataString(key)}", cancellationToken));
        }

        run.Next($"kontena service deploy {run.Value(name)}");
        return Exit.Done;
    }
}
