using System.CommandLine;
using Kontena.Cli.Api;
using Kontena.Cli.Features;
using Kontena.Cli.Output;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Commands.Volumes;

/// <summary><c>kontena volume show VOLUME</c> (cli.md §15.1).</summary>
internal sealed class ShowCommand : CommandBody
{
    private readonly Argument<string> name;
    private readonly GridFeature grid;
    private readonly OutputFeature output;

    public ShowCommand()
    {
        name = Required("VOLUME", "The volume");
        grid = new GridFeature(this);
        output = new OutputFeature(this);
    }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var path = ApiPaths.Volume(grid.Of(run), run.Value(name));
        var body = await run.Api.GetAsync(path, cancellationToken);
        if (!output.WroteJson(run, body)) Write(run, ApiClient.Read(path, body, KontenaResponseJson.Default.VolumeJson));
        return Exit.Done;
    }

    private static void Write(CommandRun run, VolumeJson volume)
    {
        var block = new Outline(run.Out).Open(volume.Name);
        block.Field("id", volume.Id)
            .Field("created", HttpTimes.Zulu(volume.CreatedAt))
            .Field("scope", volume.Scope)
            .Field("driver", volume.Driver);
        var options = block.Open("driver_opts");
        foreach (var (key, value) in volume.DriverOpts) options.Field(key, value);
        var instances = block.Open("instances");
        foreach (var instance in volume.Instances) instances.Entry(("name", instance.Name), ("node", instance.Node));
        var services = block.Open("services");
        foreach (var service in volume.Services) services.Item(service.Id);
    }
}
