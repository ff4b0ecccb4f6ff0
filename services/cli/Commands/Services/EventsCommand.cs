using System.CommandLine;
using Kontena.Cli.Api;
using Kontena.Cli.Features;
using Kontena.Cli.Parsing;

namespace Kontena.Cli.Commands.Services;

/// <summary><c>kontena service events NAME</c>: <c>TIME TYPE MESSAGE</c>, the type without <c>service:</c>.</summary>
internal sealed class EventsCommand : CommandBody
{
    private readonly Argument<string> name;
    private readonly GridFeature grid;
    private readonly EventFeature events;

    public EventsCommand()
    {
        name = Required("NAME", "The service: name or stack/name");
        grid = new GridFeature(this);
        events = new EventFeature(this, 25, 20);
    }

    public override Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken) => events.PrintAsync(
        run, $"{ApiPaths.Service(grid.Of(run), run.Value(name))}/event_logs", ["TIME", "TYPE", "MESSAGE"],
        static line => [EventFeature.Time(line), line.Type.StartsWith("service:", StringComparison.Ordinal) ? line.Type["service:".Length..] : line.Type, EventFeature.WithNode(line)]);
}
