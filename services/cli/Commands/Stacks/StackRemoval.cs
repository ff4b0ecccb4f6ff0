using Kontena.Cli.Api;
using Kontena.Cli.Deploys;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Commands.Stacks;

/// <summary>Removes a stack and waits until the API no longer knows it.</summary>
internal static class StackRemoval
{
    public static Task RunAsync(CommandRun run, string grid, string name, string title, CancellationToken cancellationToken)
    {
        var path = ApiPaths.Stack(grid, name);
        return run.Progress.RunAsync(title, async step =>
        {
            await run.Api.DeleteAsync(path, cancellationToken);
            await new Polling(run.Context).UntilAsync(
                async token => await run.Api.FindAsync(path, KontenaResponseJson.Default.StackJson, token) is null ? "gone" : null,
                () => new CliException(
                    $"Stack {name} is still there after {Polling.Limit.TotalSeconds:0} s",
                    remedy: "A node that runs part of it may be away: kontena node ls"),
                step,
                cancellationToken);
        });
    }
}
