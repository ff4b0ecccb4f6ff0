using System.CommandLine;
using Kontena.Cli.Api;
using Kontena.Cli.Features;
using Kontena.Cli.Parsing;

namespace Kontena.Cli.Commands.Stacks;

/// <summary><c>kontena stack events NAME</c>: <c>TIME TYPE MESSAGE (NODE)</c>.</summary>
internal sealed class EventsCommand : CommandBody
{
    private readonly Argument<string> name;
    private readonly GridFeature grid;
    private readonly EventFeature events;

    public EventsCommand()
    {
        name = Required("NAME", "The stack");
        grid = new GridFeature(this);
        events = new EventFeature(this, 25, 25);
    }

    public override Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken) => events.PrintAsync(
        run, $"{ApiPaths.Stack(grid.Of(run), run.Value(name))}/event_logs", ["TIME", "TYPE", "MESSAGE"],
        static line => [EventFeature.Time(line), line.Type, EventFeature.WithNode(line)]);
}
