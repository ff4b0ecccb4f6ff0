using System.CommandLine;
using Kontena.Cli.Api;
using Kontena.Cli.Features;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Commands.Services;

/// <summary><c>kontena service rollback NAME</c>: an earlier revision becomes the newest again, and is deployed.</summary>
internal sealed class RollbackCommand : CommandBody
{
    private readonly Argument<string> name;
    private readonly GridFeature grid;
    private readonly WaitFeature wait;
    private readonly Option<string?> to;

    public RollbackCommand()
    {
        name = Required("NAME", "The service: name or stack/name");
        grid = new GridFeature(this);
        wait = new WaitFeature(this);
        to = Text("--to", null, "REV", "The revision (default: the newest earlier one that was deployed successfully and differs)");
    }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var path = $"{ApiPaths.Service(grid.Of(run), run.Value(name))}/rollback";
        var request = new RollbackRequest(run.Integer(to, 1));
        return await ServiceDeploying.RunAsync(run, run.Value(name), "Rolling back", wait.Of(run), () => run.Api.PostAsync(
            path, request, KontenaResponseJson.Default.RollbackRequest, KontenaResponseJson.Default.ServiceDeployJson, cancellationToken));
    }
}
