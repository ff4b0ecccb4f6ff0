using System.CommandLine;
using Kontena.Cli.Api;
using Kontena.Cli.Features;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Commands.Nodes;

/// <summary><c>kontena node drain NODE ...</c>: nothing new is placed there, what can move moves under <c>min_health</c>; waits for the end and says what is
/// left and why. The drain itself is the master's: ending this command does not end it.</summary>
internal sealed class DrainCommand : CommandBody
{
    private const int DefaultTimeout = 1800;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Argument<string[]> names;
    private readonly GridFeature grid;
    private readonly Toggle wait;
    private readonly Option<string?> timeout;

    public DrainCommand()
    {
        names = Several("NODE", "The nodes to drain");
        grid = new GridFeature(this);
        wait = Toggle("wait", true, "Wait until all that can move has moved");
        timeout = Text("--timeout", null, "SECONDS", $"How long to wait for each node (default: {DefaultTimeout})");
    }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var limit = Timeout(run.Value(timeout));
        var where = grid.Of(run);
        foreach (var name in run.Value(names))
        {
            await run.Api.PutAsync(ApiPaths.Node(where, name), new NodeRequest { Availability = "drain" },
                KontenaResponseJson.Default.NodeRequest, KontenaResponseJson.Default.NodeJson, cancellationToken);
        }

        if (!run.Value(wait))
        {
            run.Next($"kontena node show {run.Value(names)[0]}");
            return Exit.Done;
        }

        var ended = true;
        foreach (var name in run.Value(names))
            ended &= await FollowAsync(run, where, name, limit, cancellationToken);
        return ended ? Exit.Done : Exit.Failed;
    }

    private static TimeSpan Timeout(string? text)
    {
        if (text is null)
            return TimeSpan.FromSeconds(DefaultTimeout);
        return int.TryParse(text, out var seconds) && seconds is > 0 and <= 86400
            ? TimeSpan.FromSeconds(seconds)
            : throw new UsageException($"option '--timeout': invalid value '{text}', expected seconds from 1 to 86400");
    }

    private static async Task<bool> FollowAsync(CommandRun run, string where, string name, TimeSpan limit, CancellationToken cancellationToken)
    {
        using var interrupt = run.Terminal.CatchInterrupt();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(interrupt.Token, cancellationToken);
        var title = $"Draining {name} node";
        var started = run.Time.GetTimestamp();
        NodeDrainJson? drain = null;
        try
        {
            await run.Progress.RunAsync(title, async step =>
            {
                var said = "";
                do
                {
                    var path = ApiPaths.Node(where, name);
                    var node = await run.Api.GetAsync(path, KontenaResponseJson.Default.NodeJson, either.Token);
                    if (node.Availability != "drain")
                        throw new CliException($"Node {name} was set to {node.Availability} by somebody else");
                    drain = node.Drain;
                    step.Retitle($"{title}: {DrainText.Summary(drain)}");
                    foreach (var line in DrainText.Blocked(drain).Where(line => !said.Contains(line, StringComparison.Ordinal)))
                        step.Say(line);
                    said = string.Join('\n', DrainText.Blocked(drain));
                    if (drain?.FinishedAt is not null)
                        return;
                    await Task.Delay(Pause, run.Time, either.Token);
                }
                while (run.Time.GetElapsedTime(started) < limit);
                step.Outcome = "fail";
            });
        }
        catch (OperationCanceledException)
        {
            run.Say($"The drain goes on. Follow it with: kontena node show {name}; end it with: kontena node activate {name}");
            throw;
        }

        run.Out.WriteLine($"{name}: {DrainText.Summary(drain)}");
        foreach (var one in drain?.Left ?? [])
            run.Out.WriteLine($"  {one.Name}: {one.Reason}");
        if (drain?.FinishedAt is null)
            run.Warn($"Node {name} is not drained after {limit.TotalSeconds:0} s. The drain goes on; end it with: kontena node activate {name}");
        return drain?.FinishedAt is not null;
    }
}
