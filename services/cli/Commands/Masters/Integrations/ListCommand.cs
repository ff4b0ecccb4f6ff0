using Kontena.Cli.Api;
using Kontena.Cli.Features;
using Kontena.Cli.Output;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Commands.Masters.Integrations;

/// <summary><c>kontena master integration ls</c></summary>
internal sealed class ListCommand : CommandBody
{
    private const string Path = "integrations";
    private readonly OutputFeature output;

    public ListCommand() => output = new OutputFeature(this, "Only names");

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var body = await run.Api.GetAsync(Path, cancellationToken);
        if (output.WroteJson(run, body)) return Exit.Done;
        var all = ApiClient.Read(Path, body, KontenaResponseJson.Default.IntegrationsJson).Integrations;
        if (output.Quiet(run))
        {
            foreach (var one in all) run.Out.WriteLine(one.Name);
            return Exit.Done;
        }

        var table = new Table("NAME", "ROLES", "GRIDS");
        foreach (var one in all) table.Add(one.Name, string.Join(",", one.Roles), string.Join(",", one.Grids));
        table.Write(run.Out, run.Paint);
        return Exit.Done;
    }
}
