using System.CommandLine;
using Kontena.Cli.Api;
using Kontena.Cli.Features;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Commands.Vault;

/// <summary><c>kontena vault update NAME [VALUE]</c> (cli.md §11).</summary>
internal sealed class UpdateCommand : CommandBody
{
    private readonly Argument<string> name;
    private readonly SecretInput value;
    private readonly GridFeature grid;
    private readonly Option<bool> upsert;

    public UpdateCommand()
    {
        name = Required("NAME", "The secret's name");
        value = new SecretInput(this);
        grid = new GridFeature(this);
        upsert = Switch("--upsert", "-u", "Create it when there is none");
    }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var where = grid.Of(run);
        var request = new SecretWriteRequest { Name = run.Value(name), Value = await value.ReadAsync(run, cancellationToken), Upsert = run.Value(upsert) };
        await run.Progress.RunAsync($"Updating {request.Name} in the vault", _ => run.Api.PutAsync(
            ApiPaths.Secret(where, run.Value(name)), request, KontenaResponseJson.Default.SecretWriteRequest, KontenaResponseJson.Default.SecretValueJson, cancellationToken));
        return Exit.Done;
    }
}
