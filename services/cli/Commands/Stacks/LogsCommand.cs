using System.CommandLine;
using Kontena.Cli.Api;
using Kontena.Cli.Features;
using Kontena.Cli.Parsing;

namespace Kontena.Cli.Commands.Stacks;

/// <summary><c>kontena stack logs NAME [SERVICE] ...</c>: <c>TIME [container]: text</c>.</summary>
internal sealed class LogsCommand : CommandBody
{
    private readonly Argument<string> name;
    private readonly Argument<string[]> services;
    private readonly GridFeature grid;
    private readonly LogFeature logs;

    public LogsCommand()
    {
        name = Required("NAME", "The stack");
        services = Any("SERVICE", "Only these services of it");
        grid = new GridFeature(this);
        logs = new LogFeature(this);
    }

    public override Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var (where, stack) = (grid.Of(run), run.Value(name));
        var only = run.Value(services) ?? [];
        var path = only.Length == 0
            ? $"{ApiPaths.Stack(where, stack)}/container_logs"
            : $"{ApiPaths.Grid(where)}/container_logs?services={Uri.EscapeDataString(string.Join(',', only.Select(service => $"{stack}/{service}")))}";
        return logs.PrintAsync(run, path, static line => $"[{line.Name}]");
    }
}
