using System.CommandLine;
using Kontena.Cli.Api;
using Kontena.Cli.Features;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Commands.Grids;

/// <summary><c>kontena grid rebalance</c>: asks for moves, a few at once, until the grid lies evenly.</summary>
internal sealed class RebalanceCommand : CommandBody
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    /// <summary>A service rests for 30 s after a deploy before it is moved again; without anything under way for longer than that, all is done.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(40);

    private readonly GridFeature grid;
    private readonly Option<bool> dryRun;

    public RebalanceCommand()
    {
        grid = new GridFeature(this);
        dryRun = Switch("--dry-run", null, "Only say what would move");
    }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var name = grid.Of(run);
        if (run.Value(dryRun))
        {
            var named = (await AskAsync(run, name, true, cancellationToken)).Moves;
            foreach (var move in named) run.Out.WriteLine(move);
            if (named.Count == 0) run.Say($"Nothing would move: grid {name} lies evenly, or what does not may not move");
            return Exit.Done;
        }

        using var interrupt = run.Terminal.CatchInterrupt();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(interrupt.Token, cancellationToken);
        var moved = 0;
        await run.Progress.RunAsync($"Rebalancing grid {name}", async step =>
        {
            for (var idleSince = run.Time.GetTimestamp(); run.Time.GetElapsedTime(idleSince) < Rest; await Task.Delay(Pause, run.Time, either.Token))
            {
                var answer = await AskAsync(run, name, false, either.Token);
                foreach (var move in answer.Moves) step.Say(move);
                moved += answer.Moves.Count;
                if (answer.UnderWay > 0) idleSince = run.Time.GetTimestamp();
                else if (moved == 0) return;
            }
        });
        run.Out.WriteLine(moved == 0 ? $"Nothing to move: grid {name} lies evenly, or what does not may not move" : $"{moved} instance{(moved == 1 ? "" : "s")} moved");
        return Exit.Done;
    }

    private static Task<RebalanceJson> AskAsync(CommandRun run, string grid, bool dryRun, CancellationToken cancellationToken) => run.Api.PostAsync(
        $"{ApiPaths.Grid(grid)}/rebalance", new RebalanceRequest(dryRun), KontenaResponseJson.Default.RebalanceRequest, KontenaResponseJson.Default.RebalanceJson, cancellationToken);
}
