using System.CommandLine;
using Kontena.Cli.Api;
using Kontena.Cli.Features;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Commands.Nodes;

/// <summary><c>kontena node activate NODE ...</c>: ends a drain; the same as <c>node update --availability active</c>.</summary>
internal sealed class ActivateCommand : CommandBody
{
    private readonly Argument<string[]> names;
    private readonly GridFeature grid;

    public ActivateCommand()
    {
        names = Several("NODE", "The nodes to use again");
        grid = new GridFeature(this);
    }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var where = grid.Of(run);
        foreach (var name in run.Value(names))
        {
            await run.Progress.RunAsync($"Activating {name} node", _ => run.Api.PutAsync(ApiPaths.Node(where, name), new NodeRequest { Availability = "active" },
                KontenaResponseJson.Default.NodeRequest, KontenaResponseJson.Default.NodeJson, cancellationToken));
        }

        return Exit.Done;
    }
}
