using System.CommandLine;
using System.Globalization;
using Kontena.Cli.Api;
using Kontena.Cli.Features;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Commands.Services;

/// <summary><c>kontena service scale NAME N</c> (cli.md §9.5).</summary>
internal sealed class ScaleCommand : CommandBody
{
    private readonly Argument<string> name;
    private readonly Argument<string> count;
    private readonly GridFeature grid;
    private readonly WaitFeature wait;

    public ScaleCommand()
    {
        name = Required("NAME", "The service: name or stack/name");
        count = Required("N", "How many instances are wanted");
        grid = new GridFeature(this);
        wait = new WaitFeature(this);
    }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        if (!int.TryParse(run.Value(count), NumberStyles.None, CultureInfo.InvariantCulture, out var instances))
            throw new UsageException($"parameter 'N': invalid value '{run.Value(count)}', expected a whole number");
        var path = $"{ApiPaths.Service(grid.Of(run), run.Value(name))}/scale";
        return await ServiceDeploying.RunAsync(run, run.Value(name), "Scaling", wait.Of(run), () => run.Api.PostAsync(
            path, new ScaleRequest(instances), KontenaResponseJson.Default.ScaleRequest, KontenaResponseJson.Default.ServiceDeployJson, cancellationToken));
    }
}
