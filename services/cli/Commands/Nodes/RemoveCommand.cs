using System.CommandLine;
using Kontena.Cli.Api;
using Kontena.Cli.Features;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Commands.Nodes;

/// <summary><c>kontena node rm NODE ...</c>: takes a node that is off out of the grid.</summary>
internal sealed class RemoveCommand : CommandBody
{
    private readonly Argument<string[]> names;
    private readonly GridFeature grid;
    private readonly ConfirmFeature confirm;

    public RemoveCommand()
    {
        names = Several("NODE", "The nodes to remove");
        grid = new GridFeature(this);
        confirm = new ConfirmFeature(this);
    }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var where = grid.Of(run);
        foreach (var name in run.Value(names))
        {
            var path = ApiPaths.Node(where, name);
            var node = await run.Api.GetAsync(path, KontenaResponseJson.Default.NodeJson, cancellationToken);
            if (node.Connected && node.Status != "restarting")
            {
                throw new CliException(
                    $"Node {node.Name} is still connected. You must terminate the node before removing it",
                    remedy: "Stop its node-agent (systemctl stop kontena-node-agent on the machine), then try again.");
            }

            if (!confirm.Forced(run)) run.Warn($"The machine of node {node.Name} is not terminated by this.");
            if (node.Data is { } data) WarnOfData(run, node.Name, data);
            confirm.ByName(run, name);
            await run.Progress.RunAsync($"Removing {name} node", _ => run.Api.DeleteAsync(path, cancellationToken));
        }

        return Exit.Done;
    }

    // Nothing is lost by the removal itself; whoever destroys the machine next should know.
    private static void WarnOfData(CommandRun run, string node, NodeDataJson data)
    {
        if (data.Instances.Count > 0)
        {
            run.Warn($"{node} holds the only data of {string.Join(", ", data.Instances)}. They stay down until its agent joins again, "
                + "or until somebody gives the data up: kontena service deploy --accept-data-loss NAME");
        }

        if (data.Volumes.Count > 0) run.Warn($"{node} holds data of volumes: {string.Join(", ", data.Volumes)}");
    }
}
