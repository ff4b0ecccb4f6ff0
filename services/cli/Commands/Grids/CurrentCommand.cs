using System.CommandLine;
using Kontena.Cli.Api;
using Kontena.Cli.Features;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Commands.Grids;

/// <summary><c>kontena grid current</c>.</summary>
internal sealed class CurrentCommand : CommandBody
{
    private readonly Option<bool> name;
    private readonly OutputFeature output;

    public CurrentCommand()
    {
        name = Switch("--name", null, "Only the name");
        output = new OutputFeature(this);
    }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        run.Session.RequireMaster();
        var current = run.Session.RequireGrid(null);
        if (run.Value(name))
        {
            run.Out.WriteLine(current);
            return Exit.Done;
        }

        var path = ApiPaths.Grid(current);
        var body = await run.Api.GetAsync(path, cancellationToken);
        if (output.WroteJson(run, body)) return Exit.Done;
        await GridOutline.WriteAsync(run, ApiClient.Read(path, body, KontenaResponseJson.Default.GridJson), cancellationToken);
        return Exit.Done;
    }
}
