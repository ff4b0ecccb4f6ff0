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
    private readonly Option<string?> quota;
    private readonly Option<string[]> stackQuotas;
    private readonly Option<bool> noQuota;
    private readonly Option<bool> noStackQuotas;

    public UpdateCommand()
    {
        name = Required("NAME", "The grid");
        options = new GridOptions(this);
        noAffinity = Switch("--no-default-affinity", null, "Remove the default affinity");
        noStatsd = Switch("--no-statsd-server", null, "Send stats nowhere");
        rebalance = Text("--rebalance", null, "off|gentle|auto", "When instances move to a node that came: not, one by one, or always towards evenness");
        quota = Text("--quota", null, "Q", "What the whole grid may take, e.g. instances=100,cpus=40,memory=64g");
        stackQuotas = Many("--stack-quota", null, "STACK:Q", "What one stack may take, e.g. shop:instances=20; *: for every other (repeatable, replaces all)");
        noQuota = Switch("--no-quota", null, "Remove the quota of the grid");
        noStackQuotas = Switch("--no-stack-quotas", null, "Remove the quotas of stacks");
    }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        if (run.Value(rebalance) is not (null or "off" or "gentle" or "auto"))
            throw new UsageException($"option '--rebalance': invalid value '{run.Value(rebalance)}', expected off, gentle or auto");
        if (run.Given(quota) && run.Value(noQuota)) throw new UsageException("Use either --quota or --no-quota");
        if (run.Given(stackQuotas) && run.Value(noStackQuotas)) throw new UsageException("Use either --stack-quota or --no-stack-quotas");
        var request = options.Apply(run, new GridRequest
        {
            DefaultAffinity = run.Value(noAffinity) ? [] : null,
            Rebalance = run.Value(rebalance),
            Stats = run.Value(noStatsd) ? new GridStatsRequest(null) : null,
            Quota = run.Value(noQuota) ? new QuotaJson() : run.Value(quota) is { } text ? QuotaTexts.Parse(text, "--quota") : null,
            StackQuotas = run.Value(noStackQuotas) ? new Dictionary<string, QuotaJson>()
                : run.Given(stackQuotas) ? QuotaTexts.ParseStacks(run.Values(stackQuotas), "--stack-quota") : null,
        });
        await run.Api.PutAsync(
            ApiPaths.Grid(run.Value(name)), request, KontenaResponseJson.Default.GridRequest, KontenaResponseJson.Default.GridJson, cancellationToken);
        return Exit.Done;
    }
}
