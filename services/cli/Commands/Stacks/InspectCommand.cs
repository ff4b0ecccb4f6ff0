using System.CommandLine;
using Kontena.Cli.Api;
using Kontena.Cli.Features;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Commands.Stacks;

/// <summary><c>kontena stack inspect NAME</c>: the file as it was installed.</summary>
internal sealed class InspectCommand : CommandBody
{
    private readonly Argument<string> name;
    private readonly GridFeature grid;
    private readonly OutputFeature output;

    public InspectCommand()
    {
        name = Required("NAME", "The stack");
        grid = new GridFeature(this);
        output = new OutputFeature(this);
    }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var path = ApiPaths.Stack(grid.Of(run), run.Value(name));
        var body = await run.Api.GetAsync(path, cancellationToken);
        if (!output.WroteJson(run, body)) run.Out.WriteLine(ApiClient.Read(path, body, KontenaResponseJson.Default.StackJson).Source?.TrimEnd());
        return Exit.Done;
    }
}
