using System.CommandLine;
using Kontena.Cli.Api;
using Kontena.Cli.Features;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Commands.Grids;

/// <summary><c>kontena grid show NAME</c>.</summary>
internal sealed class ShowCommand : CommandBody
{
    private readonly Argument<string> name;
    private readonly Option<bool> token;
    private readonly OutputFeature output;

    public ShowCommand()
    {
        name = Required("NAME", "The grid");
        token = Switch("--token", null, "Only the token nodes join with");
        output = new OutputFeature(this);
    }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var path = ApiPaths.Grid(run.Value(name));
        var body = await run.Api.GetAsync(path, cancellationToken);
        if (output.WroteJson(run, body)) return Exit.Done;
        var grid = ApiClient.Read(path, body, KontenaResponseJson.Default.GridJson);
        if (run.Value(token)) run.Out.WriteLine(grid.Token);
        else await GridOutline.WriteAsync(run, grid, cancellationToken);
        return Exit.Done;
    }
}
