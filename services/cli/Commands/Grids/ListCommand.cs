using Kontena.Cli.Api;
using Kontena.Cli.Features;
using Kontena.Cli.Output;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Commands.Grids;

/// <summary><c>kontena grid ls</c> (cli.md §13).</summary>
internal sealed class ListCommand : CommandBody
{
    private readonly OutputFeature output;

    public ListCommand() => output = new OutputFeature(this, "Only names");

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var body = await run.Api.GetAsync("grids", cancellationToken);
        if (output.WroteJson(run, body)) return Exit.Done;
        var grids = ApiClient.Read("grids", body, KontenaResponseJson.Default.GridsJson).Grids.OrderBy(grid => grid.UserCount).ToList();
        if (output.Quiet(run))
        {
            foreach (var grid in grids) run.Out.WriteLine(grid.Name);
            return Exit.Done;
        }

        var table = new Table("NAME", "NODES", "SERVICES", "USERS");
        foreach (var grid in grids)
        {
            var mark = grid.Name == run.Session.Grid ? " *" : "";
            table.Add($"{grid.Name}{mark}", $"{grid.NodeCount}", $"{grid.ServiceCount}", $"{grid.UserCount}");
        }

        table.Write(run.Out, run.Paint);
        if (grids.Count == 0) run.Next("kontena grid create NAME");
        return Exit.Done;
    }
}
