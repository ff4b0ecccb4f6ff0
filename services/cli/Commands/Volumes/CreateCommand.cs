using System.CommandLine;
using Kontena.Cli.Api;
using Kontena.Cli.Features;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Commands.Volumes;

/// <summary><c>kontena volume create NAME</c> (cli.md §15.1).</summary>
internal sealed class CreateCommand : CommandBody
{
    private static readonly string[] Scopes = ["instance", "stack", "grid"];

    private readonly Argument<string> name;
    private readonly GridFeature grid;
    private readonly Option<string?> driver;
    private readonly Option<string?> scope;
    private readonly Option<string[]> options;

    public CreateCommand()
    {
        name = Required("NAME", "The volume's name");
        grid = new GridFeature(this);
        driver = Text("--driver", null, "DRIVER", "The volume driver on the nodes, such as local (required)");
        scope = Text("--scope", null, "SCOPE", "Who shares the data: instance (nobody), stack or grid (required)");
        options = Many("--driver-opt", null, "KEY=VALUE", "An option for the driver");
    }

    public override string? Notes =>
        "scope instance: every instance has data of its own and stays on the node that holds it.\n" +
        "scope stack, grid: services of the stack, or of the grid, share the data of their node; of all nodes when the driver does.";

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var where = grid.Of(run);
        var wanted = run.Value(name);
        if (run.Value(driver) is not { } drivenBy) throw new UsageException("option '--driver' is required; every node has the driver local");
        if (run.Value(scope) is not { } sharedBy) throw new UsageException($"option '--scope' is required: one of {string.Join(", ", Scopes)}");
        if (!Scopes.Contains(sharedBy)) throw new UsageException($"option '--scope': invalid value '{sharedBy}', expected one of {string.Join(", ", Scopes)}");
        var request = new VolumeRequest { Name = wanted, Driver = drivenBy, Scope = sharedBy, DriverOpts = KeyValues.Of(run.Values(options), "--driver-opt") };
        await run.Progress.RunAsync($"Creating volume {wanted}", _ => run.Api.PostAsync(
            ApiPaths.Volumes(where), request, KontenaResponseJson.Default.VolumeRequest, KontenaResponseJson.Default.VolumeJson, cancellationToken));
        run.Next($"kontena service create -v {wanted}:/data NAME IMAGE, or volumes: {{{wanted}: {{external: true}}}} in a stack file");
        return Exit.Done;
    }
}
