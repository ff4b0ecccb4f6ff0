using System.CommandLine;
using Kontena.Cli.Api;
using Kontena.Cli.Features;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Commands.Services;

/// <summary><c>kontena service run-stop NAME ID</c>: the end of a run that nobody follows. Its node stops it with the service's grace period; that is not waited for.</summary>
internal sealed class RunStopCommand : CommandBody
{
    private readonly Argument<string> name;
    private readonly Argument<string> id;
    private readonly GridFeature grid;

    public RunStopCommand()
    {
        name = Required("NAME", "The service: name or stack/name");
        id = Required("ID", "The run, as kontena service runs lists it");
        grid = new GridFeature(this);
    }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var path = $"{ApiPaths.Service(grid.Of(run), run.Value(name))}/runs/{Uri.EscapeDataString(run.Value(id))}/stop";
        var told = await run.Api.PostAsync(path, KontenaResponseJson.Wire.RunJson, cancellationToken);
        run.Say(told.Finished ? $"Run {told.Id} has ended: {told.Reason ?? told.State}" : $"Run {told.Id} is told to stop");
        run.Next($"kontena service runs {run.Value(name)}");
        return Exit.Done;
    }
}
