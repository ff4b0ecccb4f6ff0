using System.CommandLine;
using Kontena.Cli.Api;
using Kontena.Cli.Features;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Commands.Services;

/// <summary><c>kontena service run NAME -- CMD ...</c>: a container like an instance's, once; its output and exit code are the command's.</summary>
internal sealed class RunCommand : CommandBody
{
    private readonly Argument<string> name;
    private readonly Argument<string[]> command;
    private readonly GridFeature grid;
    private readonly Option<string[]> env;
    private readonly Option<string?> timeout;
    private readonly Option<bool> detach;
    private readonly Option<bool> keep;

    public RunCommand()
    {
        name = Required("NAME", "The service: name or stack/name");
        command = Any("CMD", "The command and its arguments; put -- before it (default: the service's own)");
        grid = new GridFeature(this);
        env = Many("--env", "-e", "KEY=VALUE", "An environment variable over the service's");
        timeout = Text("--timeout", null, "TIME", "Stop it when it takes longer, e.g. 90s or 1h");
        detach = Switch("--detach", "-d", "Print the run's id and do not wait");
        keep = Switch("--keep", null, "Keep its container after its end, to be looked into (default: it is removed)");
    }

    public override string Notes =>
        "It has the image, environment, volumes and links of the service, and no ports. Ctrl-C stops it; pressed again, it only ends the waiting.";

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var path = ApiPaths.Service(grid.Of(run), run.Value(name));
        var request = new RunRequest
        {
            Cmd = run.Value(command) is { Length: > 0 } words ? words : null,
            Env = run.Values(env) is { Length: > 0 } variables ? variables : null,
            Timeout = Timeout(run),
            Keep = run.Value(keep) ? true : null,
        };
        var started = await run.Api.PostAsync($"{path}/runs", request, KontenaResponseJson.Wire.RunRequest, KontenaResponseJson.Wire.RunJson, cancellationToken);
        if (!run.Value(detach))
            return await new RunFollowing(run, path).ToEndAsync(started, cancellationToken);
        run.Out.WriteLine(started.Id);
        return Exit.Done;
    }

    private int? Timeout(CommandRun run)
    {
        if (run.Value(timeout) is not { } text) return null;
        return Durations.Seconds(text) is { } seconds and > 0
            ? seconds
            : int.TryParse(text, out var number) && number > 0
            ? number
            : throw new UsageException($"option '--timeout': invalid value '{text}', expected a duration such as 90s, 15m or 1h30m");
    }
}
