using System.CommandLine;
using Kontena.Cli.Api;
using Kontena.Cli.Features;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Commands.Nodes;

/// <summary><c>kontena node create NAME</c>: announces a node that will join with its own token.</summary>
internal sealed class CreateCommand : CommandBody
{
    private readonly Argument<string> name;
    private readonly GridFeature grid;
    private readonly Option<string?> token;
    private readonly Option<string[]> labels;

    public CreateCommand()
    {
        name = Required("NAME", "The node's name");
        grid = new GridFeature(this);
        token = Text("--token", null, "TOKEN", "The token it joins with (default: a random one)");
        labels = Many("--label", "-l", "LABEL", "A label such as region=eu (repeatable)");
    }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var request = new NodeRequest { Name = run.Value(name), Token = run.Value(token), Labels = run.Values(labels) };
        await run.Progress.RunAsync($"Creating {request.Name} node", _ => run.Api.PostAsync(
            $"{ApiPaths.Grid(grid.Of(run))}/nodes", request, KontenaResponseJson.Default.NodeRequest, cancellationToken));
        return Exit.Done;
    }
}
