using System.CommandLine;
using Kontena.Cli.Api;
using Kontena.Cli.Features;
using Kontena.Cli.Output;
using Kontena.Cli.Parsing;

namespace Kontena.Cli.Commands.Containers;

/// <summary><c>kontena container inspect NODE/NAME</c>: what the container engine says, as JSON.</summary>
internal sealed class InspectCommand : CommandBody
{
    private readonly Argument<string> id;
    private readonly GridFeature grid;

    public InspectCommand()
    {
        id = Required("CONTAINER_ID", "NODE/NAME from kontena container ls");
        grid = new GridFeature(this);
    }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var body = await run.Api.GetAsync($"{ApiPaths.Container(grid.Of(run), run.Value(id))}/inspect", cancellationToken);
        run.Out.WriteLine(JsonText.Indent(body));
        return Exit.Done;
    }
}
