using System.CommandLine;
using Kontena.Cli.Api;
using Kontena.Cli.Features;
using Kontena.Cli.Parsing;

namespace Kontena.Cli.Commands.Containers;

/// <summary><c>kontena container exec NODE/NAME -- CMD ...</c>; its exit code is ours.</summary>
internal sealed class ExecCommand : CommandBody
{
    private readonly Argument<string> id;
    private readonly Argument<string[]> command;
    private readonly GridFeature grid;
    private readonly ExecFeature exec;

    public ExecCommand()
    {
        id = Required("CONTAINER_ID", "NODE/NAME from kontena container ls");
        command = Several("CMD", "The command and its arguments; put -- before it");
        grid = new GridFeature(this);
        exec = new ExecFeature(this);
    }

    public override Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken) =>
        exec.RunAsync(run, ApiPaths.Container(grid.Of(run), run.Value(id)), run.Value(command));
}
