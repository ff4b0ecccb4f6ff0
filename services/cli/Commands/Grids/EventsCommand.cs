using System.CommandLine;
using Kontena.Cli.Api;
using Kontena.Cli.Features;
using Kontena.Cli.Parsing;

namespace Kontena.Cli.Commands.Grids;

/// <summary><c>kontena grid events</c>: <c>TIME TYPE RELATIONSHIPS MESSAGE</c>.</summary>
internal sealed class EventsCommand : CommandBody
{
    private readonly GridFeature grid;
    private readonly EventFeature events;
    private readonly Option<string[]> nodes;
    private readonly Option<string[]> services;

    public EventsCommand()
    {
        grid = new GridFeature(this);
        events = new EventFeature(this, 25, 25, 40);
        nodes = Many("--node", null, "NODE", "Only what concerns this node");
        services = Many("--service", null, "STACK/SERVICE", "Only what concerns this service");
    }

    public override Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        string[] filters = [.. Filter("nodes", run.Value(nodes)), .. Filter("services", run.Value(services))];
        var path = $"{ApiPaths.Grid(grid.Of(run))}/event_logs{(filters.Length == 0 ? "" : "?" + string.Join('&', filters))}";
        return events.PrintAsync(
            run, path, ["TIME", "TYPE", "RELATIONSHIPS", "MESSAGE"],
            static line => [EventFeature.Time(line), line.Type, EventFeature.Concerned(line), line.Message ?? ""]);
    }

    private static IEnumerable<string> Filter(string name, string[]? values) =>
        values is { Length: > 0 } ? [$"{name}={Uri.EscapeDataString(string.Join(',', values))}"] : [];
}
