using System.CommandLine;
using Kontena.Cli.Api;
using Kontena.Cli.Features;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;
using Kontena.Contracts.Services;

namespace Kontena.Cli.Commands.Services;

/// <summary><c>kontena service update NAME</c>: only what is given changes; a list replaces the old one (cli.md §9.3).</summary>
internal sealed class UpdateCommand : CommandBody
{
    private readonly Argument<string> name;
    private readonly GridFeature grid;
    private readonly Option<string?> image;
    private readonly ServiceOptions options;

    public UpdateCommand()
    {
        name = Required("NAME", "The service: name or stack/name");
        grid = new GridFeature(this);
        image = Text("--image", null, "IMAGE", "The image to run");
        options = new ServiceOptions(this);
    }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var wanted = run.Value(name);
        var request = options.Apply(run, new ServiceRequest { Image = run.Value(image) is { } text ? ServiceTexts.Image(text) : null });
        await run.Progress.RunAsync($"Updating {wanted} service", _ => run.Api.PutAsync(
            ApiPaths.Service(grid.Of(run), wanted), request, KontenaResponseJson.Default.ServiceRequest,
            KontenaResponseJson.Default.ServiceJson, cancellationToken));
        run.Next($"kontena service deploy {wanted}");
        return Exit.Done;
    }
}
