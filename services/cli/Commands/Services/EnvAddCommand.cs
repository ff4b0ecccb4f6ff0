using System.CommandLine;
using Kontena.Cli.Api;
using Kontena.Cli.Features;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Commands.Services;

/// <summary><c>kontena service env add NAME K=V</c>; takes effect with the next deploy.</summary>
internal sealed class EnvAddCommand : CommandBody
{
    private readonly Argument<string> name;
    private readonly Argument<string> env;
    private readonly GridFeature grid;

    public EnvAddCommand()
    {
        name = Required("NAME", "The service: name or stack/name");
        env = Required("ENV", "The variable as KEY=VALUE");
        grid = new GridFeature(this);
    }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        KeyValues.Of([run.Value(env)], "ENV");
        await run.Progress.RunAsync($"Adding env variable {run.Value(env).Split('=')[0]} to service {run.Value(name)}", _ => run.Api.PostAsync(
            $"{ApiPaths.Service(grid.Of(run), run.Value(name))}/envs", new EnvRequest(run.Value(env)),
            KontenaResponseJson.Default.EnvRequest, cancellationToken));
        run.Next($"kontena service deploy {run.Value(name)}");
        return Exit.Done;
    }
}
