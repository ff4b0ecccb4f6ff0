using System.CommandLine;
using Kontena.Cli.Api;
using Kontena.Cli.Deploys;
using Kontena.Cli.Features;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Commands.Services;

/// <summary><c>kontena service cancel NAME ...</c>: instances under way finish, the others stay as they are.</summary>
internal sealed class CancelCommand : CommandBody
{
    private readonly Argument<string[]> names;
    private readonly GridFeature grid;

    public CancelCommand()
    {
        names = Several("NAME", "The services: name or stack/name");
        grid = new GridFeature(this);
    }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var where = grid.Of(run);
        foreach (var name in run.Value(names))
        {
            var path = $"{ApiPaths.Service(where, name)}/cancel";
            var deploy = await run.Progress.RunAsync($"Cancelling the deploy of service {name}", async step =>
            {
                var asked = await run.Api.PostAsync(path, KontenaResponseJson.Default.ServiceDeployJson, cancellationToken);
                return await new ServiceDeployWatch(run).UntilEndedAsync(asked, step, $"Cancelling the deploy of service {name}", cancellationToken);
            });
            run.Say(deploy.Reason ?? $"The deploy ended in {deploy.State}");
            run.Next($"kontena service show {name}");
        }

        return Exit.Done;
    }
}
