using System.CommandLine;
using Kontena.Cli.Api;
using Kontena.Cli.Features;
using Kontena.Cli.Parsing;

namespace Kontena.Cli.Commands.Containers;

/// <summary><c>kontena container logs NODE/NAME</c>.</summary>
internal sealed class LogsCommand : CommandBody
{
    private readonly Argument<string> id;
    private readonly GridFeature grid;
    private readonly LogFeature logs;

    public LogsCommand()
    {
        id = Required("CONTAINER_ID", "NODE/NAME from kontena container ls");
        grid = new GridFeature(this);
        logs = new LogFeature(this);
    }

    public override Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken) =>
        logs.PrintAsync(run, $"{ApiPaths.Container(grid.Of(run), run.Value(id))}/logs", static line => line.Name);
}
