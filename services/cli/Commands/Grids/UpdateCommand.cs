using System.CommandLine;
using Kontena.Cli.Api;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Commands.Grids;

/// <summary><c>kontena grid update NAME</c>: changes what is given, silently.</summary>
internal sealed class UpdateCommand : CommandBody
{
    private readonly Argument<string> name;
    private readonly GridOptions options;
    private readonly Option<bool> noAffinity;
    private readonly Option<bool> noStatsd;
    private readonly Option<string?> rebalance;

    public UpdateCommand()
    {
        name = Required("NAME", "The grid");
        options = new GridOptions(this);
        noAffinity = Switch("--no-default-affinity", null, "Remove the default affinity");
        noStatsd = Switch("--no-statsd-server", null, "Send stats nowhere");
        rebalance = Text("--rebalance", null, "off|gentle|auto", "When instances move to a node that came: not, one by one, or always towards evenness");
    }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        if (run.Value(rebalance) is not (null or "off" or "gentle" or "auto"))
            throw new UsageException($"option '--rebalance': invalid value '{run.Value(rebalance)}', expected off, gentle or auto");
        var request = options.Apply(run, new GridRequest
        {
            DefaultAffinity = run.Value(noAffinity) ? [] : null,
            Rebalance = run.Value(rebalance),
            Stats = run.Value(noStatsd) ? new GridStatsRequest(null) : null,
        });
        await run.Api.PutAsync(
            ApiPaths.Grid(run.Value(name)), request, KontenaResponseJson.Default.GridRequest, KontenaResponseJson.Default.GridJson, cancellationToken);
        return Exit.Done;
    }
}
