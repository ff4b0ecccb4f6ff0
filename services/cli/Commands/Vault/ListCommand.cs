using System.CommandLine;
using Kontena.Cli.Api;
using Kontena.Cli.Features;
using Kontena.Cli.Output;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Commands.Vault;

/// <summary><c>kontena vault ls</c> (cli.md §11).</summary>
internal sealed class ListCommand : CommandBody
{
    private readonly GridFeature grid;
    private readonly OutputFeature output;
    private readonly Option<bool> full;
    private readonly Option<bool> terse;

    public ListCommand()
    {
        grid = new GridFeature(this);
        output = new OutputFeature(this, "Only names");
        full = Switch("--long", "-l", "Times in full (default when the output is not a terminal)");
        terse = HiddenOption(Switch("--no-long", null, "How long ago instead of times"));
    }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var path = ApiPaths.Secrets(grid.Of(run));
        var body = await run.Api.GetAsync(path, cancellationToken);
        if (output.WroteJson(run, body)) return Exit.Done;
        var secrets = ApiClient.Read(path, body, KontenaResponseJson.Default.SecretsJson).Secrets.OrderBy(secret => secret.Name, StringComparer.Ordinal).ToList();
        if (output.Quiet(run))
        {
            foreach (var secret in secrets) run.Out.WriteLine(secret.Name);
            return Exit.Done;
        }

        var table = new Table("NAME", "CREATED_AT", "UPDATED_AT");
        foreach (var secret in secrets) table.Add(secret.Name, Time(run, secret.CreatedAt), Updated(run, secret));
        table.Write(run.Out, run.Paint);
        return Exit.Done;
    }

    private string Updated(CommandRun run, SecretEntryJson secret) =>
        secret.UpdatedAt == secret.CreatedAt && !InFull(run) ? "never" : Time(run, secret.UpdatedAt);

    private string Time(CommandRun run, DateTimeOffset time) => InFull(run) ? HttpTimes.Zulu(time) : Ages.Ago(time, run.Time.GetUtcNow());

    // Scripts get the time itself; people how long ago it was.
    private bool InFull(CommandRun run) => run.Value(full) || (!run.Terminal.OutIsTerminal && !run.Value(terse));
}
