using System.CommandLine;
using Kontena.Cli.Api;
using Kontena.Cli.Features;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Commands.Services;

/// <summary><c>kontena service deploy NAME</c> (cli.md §9.5).</summary>
internal sealed class DeployCommand : CommandBody
{
    private readonly Argument<string> name;
    private readonly GridFeature grid;
    private readonly WaitFeature wait;
    private readonly Option<bool> force;
    private readonly Option<bool> acceptDataLoss;

    public DeployCommand()
    {
        name = Required("NAME", "The service: name or stack/name");
        grid = new GridFeature(this);
        wait = new WaitFeature(this);
        force = Switch("--force", null, "Replace the containers even when nothing changed");
        acceptDataLoss = Switch("--accept-data-loss", null, "Start instances whose data can't be reached empty on other nodes");
    }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var path = $"{ApiPaths.Service(grid.Of(run), run.Value(name))}/deploy";
        var request = new DeployRequest(run.Value(force) ? true : null, run.Value(acceptDataLoss) ? true : null);
        return await ServiceDeploying.RunAsync(run, run.Value(name), "Deploying", wait.Of(run), () => run.Api.PostAsync(
            path, request, KontenaResponseJson.Default.DeployRequest, KontenaResponseJson.Default.ServiceDeployJson, cancellationToken));
    }
}
