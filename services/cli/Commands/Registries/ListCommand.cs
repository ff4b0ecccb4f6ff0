using Kontena.Cli.Api;
using Kontena.Cli.Features;
using Kontena.Cli.Output;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Commands.Registries;

/// <summary><c>kontena external-registry ls</c> (cli.md §15.4).</summary>
internal sealed class ListCommand : CommandBody
{
    private readonly GridFeature grid;
    private readonly OutputFeature output;

    public ListCommand()
    {
        grid = new GridFeature(this);
        output = new OutputFeature(this, "Only names");
    }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var path = ApiPaths.Registries(grid.Of(run));
        var body = await run.Api.GetAsync(path, cancellationToken);
        if (output.WroteJson(run, body)) return Exit.Done;
        var registries = ApiClient.Read(path, body, KontenaResponseJson.Default.ExternalRegistriesJson).ExternalRegistries;
        if (output.Quiet(run))
        {
            foreach (var registry in registries) run.Out.WriteLine(registry.Name);
            return Exit.Done;
        }

        var table = new Table("NAME", "USERNAME", "EMAIL");
        foreach (var registry in registries) table.Add(registry.Name, registry.Username, registry.Email ?? "");
        table.Write(run.Out, run.Paint);
        return Exit.Done;
    }
}
