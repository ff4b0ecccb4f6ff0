using System.CommandLine;
using Kontena.Cli.Api;
using Kontena.Cli.Features;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Commands.Services;

/// <summary><c>kontena service logs NAME</c>: <c>TIME [instance]: text</c>.</summary>
internal sealed class LogsCommand : CommandBody
{
    private readonly Argument<string> name;
    private readonly GridFeature grid;
    private readonly LogFeature logs;
    private readonly Option<string?> instance;

    public LogsCommand()
    {
        name = Required("NAME", "The service: name or stack/name");
        grid = new GridFeature(this);
        logs = new LogFeature(this);
        instance = Text("--instance", "-i", "N", "Only this instance");
    }

    public override Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var path = $"{ApiPaths.Service(grid.Of(run), run.Value(name))}/container_logs";
        if (run.Integer(instance, 1) is { } number) path += $"?instance={number}";
        return logs.PrintAsync(run, path, Label);
    }

    /// <summary><c>[2]</c> for <c>shop.web-2</c>; the whole name when it does not end in a number.</summary>
    internal static string Label(LogLineJson line)
    {
        var number = line.Name[(line.Name.LastIndexOf('-') + 1)..];
        return number.Length > 0 && number.All(char.IsAsciiDigit) ? $"[{number}]" : $"[{line.Name}]";
    }
}
