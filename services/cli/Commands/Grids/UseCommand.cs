using System.CommandLine;
using Kontena.Cli.Api;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Commands.Grids;

/// <summary><c>kontena grid use NAME</c>: later commands mean this grid.</summary>
internal sealed class UseCommand : CommandBody
{
    private readonly Argument<string> name;
    private readonly Option<bool> silent;

    public UseCommand()
    {
        name = Required("NAME", "A name from kontena grid ls");
        silent = Switch("--silent", null, "Say nothing but errors");
    }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var wanted = run.Value(name);
        var grids = (await run.Api.GetAsync("grids", KontenaResponseJson.Default.GridsJson, cancellationToken)).Grids;
        if (grids.All(grid => grid.Name != wanted))
        {
            throw new CliException(
                $"Grid {wanted} not found{DidYouMean.Sentence(DidYouMean.Of(wanted, grids.Select(grid => grid.Name)))}",
                remedy: "The grids there are: kontena grid ls");
        }

        run.Session.RequireMaster().Grid = wanted;
        run.Session.Save();
        if (!run.Value(silent)) run.Out.WriteLine($"Using grid: {wanted}");
        return Exit.Done;
    }
}
