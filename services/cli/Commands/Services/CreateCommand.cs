using System.CommandLine;
using Kontena.Cli.Api;
using Kontena.Cli.Features;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;
using Kontena.Contracts.Services;

namespace Kontena.Cli.Commands.Services;

/// <summary><c>kontena service create NAME IMAGE</c>: a service of no stack; it is not started (cli.md §9.2).</summary>
internal sealed class CreateCommand : CommandBody
{
    private readonly Argument<string> name;
    private readonly Argument<string> image;
    private readonly GridFeature grid;
    private readonly ServiceOptions options;
    private readonly Option<string[]> volumes;
    private readonly Option<string[]> volumesFrom;
    private readonly Option<bool> stateful;
    private readonly Option<bool> readOnly;

    public CreateCommand()
    {
        name = Required("NAME", "The service's name");
        image = Required("IMAGE", "The image to run; without a tag, latest");
        grid = new GridFeature(this);
        options = new ServiceOptions(this);
        volumes = Many("--volume", "-v", "V", "A volume: name:/path, /host:/path or /path (repeatable)");
        volumesFrom = Many("--volumes-from", null, "V", "Volumes of another container (repeatable)");
        stateful = Switch("--stateful", null, "Keep the data of each instance on its node");
        readOnly = Switch("--read-only", null, "Mount the root file system read-only");
    }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var wanted = run.Value(name);
        var request = options.Apply(run, new ServiceRequest
        {
            Name = wanted,
            Image = ServiceTexts.Image(run.Value(image)),
            Stateful = run.Value(stateful),
            ReadOnly = run.Value(readOnly),
            Privileged = false,
            Secrets = [],
        });
        request = request with
        {
            Volumes = run.Given(volumes) ? run.Values(volumes) : null,
            VolumesFrom = run.Given(volumesFrom) ? run.Values(volumesFrom) : null,
        };
        var where = grid.Of(run);
        await run.Progress.RunAsync($"Creating {wanted} service", _ => CreateAsync(run, where, request, cancellationToken));
        run.Next($"kontena service deploy {wanted}");
        return Exit.Done;
    }

    private static async Task CreateAsync(CommandRun run, string grid, ServiceRequest request, CancellationToken cancellationToken)
    {
        try
        {
            await run.Api.PostAsync($"{ApiPaths.Grid(grid)}/services", request, KontenaResponseJson.Default.ServiceRequest, cancellationToken);
        }
        catch (ApiException error) when (error.Status == 422 && error.Details.Any(line => line.Contains("is already taken", StringComparison.Ordinal)))
        {
            throw new ApiException(error.Status, error.Message, error.Details,
                $"Change it with: kontena service update {request.Name}, or choose another name");
        }
    }
}
