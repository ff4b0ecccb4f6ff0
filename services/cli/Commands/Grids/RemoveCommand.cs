using System.CommandLine;
using Kontena.Cli.Api;
using Kontena.Cli.Features;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Commands.Grids;

/// <summary><c>kontena grid rm NAME ...</c>: only grids without nodes and services go.</summary>
internal sealed class RemoveCommand : CommandBody
{
    private readonly Argument<string[]> names;
    private readonly ConfirmFeature confirm;

    public RemoveCommand()
    {
        names = Several("NAME", "The grids to remove");
        confirm = new ConfirmFeature(this);
    }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        foreach (var name in run.Value(names))
        {
            confirm.ByName(run, name);
            var grids = (await run.Api.GetAsync("grids", KontenaResponseJson.Default.GridsJson, cancellationToken)).Grids;
            var grid = grids.FirstOrDefault(item => item.Name == name)
                ?? throw new CliException($"Grid {name} not found", remedy: "The grids there are: kontena grid ls");
            await run.Progress.RunAsync($"Removing {name} grid", _ => run.Api.DeleteAsync(ApiPaths.Grid(grid.Id), cancellationToken));
            if (run.Session.Master is { } master && master.Grid == name)
            {
                master.Grid = null;
                run.Session.Save();
            }
        }

        return Exit.Done;
    }
}
