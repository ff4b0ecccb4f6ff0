using System.CommandLine;
using Kontena.Cli.Api;
using Kontena.Cli.Features;
using Kontena.Cli.Output;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Commands.Vault;

/// <summary><c>kontena vault read NAME</c> (cli.md §11).</summary>
internal sealed class ReadCommand : CommandBody
{
    private readonly Argument<string> name;
    private readonly GridFeature grid;
    private readonly OutputFeature output;
    private readonly Option<bool> alone;

    public ReadCommand()
    {
        name = Required("NAME", "The secret's name");
        grid = new GridFeature(this);
        output = new OutputFeature(this);
        alone = Switch("--value", null, "Only the value");
    }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var path = ApiPaths.Secret(grid.Of(run), run.Value(name));
        var body = await run.Api.GetAsync(path, cancellationToken);
        if (output.WroteJson(run, body)) return Exit.Done;
        var secret = ApiClient.Read(path, body, KontenaResponseJson.Default.SecretValueJson);
        if (run.Value(alone))
            run.Out.WriteLine(secret.Value);
        else
            new Outline(run.Out).Open(secret.Name).Field("created_at", HttpTimes.Zulu(secret.CreatedAt)).Field("value", secret.Value);
        return Exit.Done;
    }
}
