using System.CommandLine;
using Kontena.Cli.Deploys;
using Kontena.Cli.Features;
using Kontena.Cli.Parsing;

namespace Kontena.Cli.Commands.Stacks;

/// <summary><c>kontena stack deploy NAME ...</c>, also called start (cli.md §8.7).</summary>
internal sealed class DeployCommand : CommandBody
{
    private readonly Argument<string[]> names;
    private readonly GridFeature grid;
    private readonly WaitFeature wait;

    public DeployCommand()
    {
        names = Several("NAME", "The stacks");
        grid = new GridFeature(this);
        wait = new WaitFeature(this);
    }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var where = grid.Of(run);
        foreach (var name in run.Value(names)) await new StackDeployWatch(run).DeployAsync(where, name, wait.Of(run));
        run.Next($"kontena stack show {run.Value(names)[0]}");
        return Exit.Done;
    }
}
