using System.CommandLine;
using Kontena.Cli.Api;
using Kontena.Cli.Builds;
using Kontena.Cli.Deploys;
using Kontena.Cli.Features;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;
using Kontena.Contracts.Stacks;

namespace Kontena.Cli.Commands.Stacks;

/// <summary><c>kontena stack install [FILE]</c> (cli.md §8.2): read, build, create, deploy, wait.</summary>
internal sealed class InstallCommand : CommandBody
{
    private readonly StackFileFeature file;
    private readonly GridFeature grid;
    private readonly Toggle deploy;
    private readonly Toggle build;
    private readonly WaitFeature wait;
    private readonly Option<string?> parent;
    private readonly Option<string?> plan;

    public InstallCommand()
    {
        file = new StackFileFeature(this, named: true);
        grid = new GridFeature(this);
        deploy = Toggle("deploy", true, "Deploy after creating");
        build = Toggle("build", true, "Build the images of services with build: on this machine's engine");
        wait = new WaitFeature(this);
        plan = Text("--plan", null, "TOKEN", "Refuse when something has changed since that kontena stack plan");
        HiddenOption(Switch("--force", null, "Accepted for scripts: nothing is asked here"));
        parent = HiddenOption(Text("--parent-name", null, "NAME", "The stack this one is installed for"));
    }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var where = grid.Of(run);
        var read = await file.ReadAsync(run, where, null, null, false, cancellationToken);
        var request = read.Request! with { Plan = run.Value(plan) };
        if (run.Value(parent) is { } above) request = request with { Parent = new StackParentRequest(above) };
        if (run.Value(build)) await new ImageBuilds(run).RunAsync(read.Builds, cancellationToken);

        await run.Progress.RunAsync($"Creating stack {request.Name}", _ => CreateAsync(run, where, request, cancellationToken));
        if (!run.Value(deploy))
        {
            run.Next($"kontena stack deploy {request.Name}");
            return Exit.Done;
        }

        await new StackDeployWatch(run).DeployAsync(where, request.Name!, wait.Of(run));
        run.Next($"kontena stack show {request.Name}, kontena stack logs -f {request.Name}");
        return Exit.Done;
    }

    private static async Task CreateAsync(CommandRun run, string grid, StackRequest request, CancellationToken cancellationToken)
    {
        try
        {
            await run.Api.PostAsync($"{ApiPaths.Grid(grid)}/stacks", request, KontenaResponseJson.Wire.StackRequest, cancellationToken);
        }
        catch (ApiException error) when (error.Status == 422 && error.Details.Any(line => line.Contains("already exists", StringComparison.Ordinal)))
        {
            throw new ApiException(error.Status, error.Message, error.Details,
                $"Change it with: kontena stack upgrade {request.Name} FILE, or install under another name with --name");
        }
    }
}
