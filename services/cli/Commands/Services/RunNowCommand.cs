using System.CommandLine;
using Kontena.Cli.Api;
using Kontena.Cli.Features;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Commands.Services;

/// <summary><c>kontena service run-now NAME</c>: what the schedule would start, now; its output and exit code are the run's.</summary>
internal sealed class RunNowCommand : CommandBody
{
    private readonly Argument<string> name;
    private readonly GridFeature grid;
    private readonly Option<bool> detach;

    public RunNowCommand()
    {
        name = Required("NAME", "The service: name or stack/name");
        grid = new GridFeature(this);
        detach = Switch("--detach", "-d", "Print the run's id and do not wait");
    }

    public override string Notes => "Its concurrency policy holds: with forbid it is refused while another run goes on, with replace that one is stopped first.";

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var path = ApiPaths.Service(grid.Of(run), run.Value(name));
        var started = await run.Api.PostAsync(
            $"{path}/runs", new RunRequest { AsScheduled = true }, KontenaResponseJson.Wire.RunRequest, KontenaResponseJson.Wire.RunJson, cancellationToken);
        if (!run.Value(detach))
            return await new RunFollowing(run, path).ToEndAsync(started, cancellationToken);
        run.Out.WriteLine(started.Id);
        return Exit.Done;
    }
}
