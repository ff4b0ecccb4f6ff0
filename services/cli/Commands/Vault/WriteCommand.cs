using System.CommandLine;
using Kontena.Cli.Api;
using Kontena.Cli.Features;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Commands.Vault;

/// <summary><c>kontena vault write NAME [VALUE]</c> (cli.md §11).</summary>
internal sealed class WriteCommand : CommandBody
{
    private readonly Argument<string> name;
    private readonly SecretInput value;
    private readonly GridFeature grid;

    public WriteCommand()
    {
        name = Required("NAME", "The secret's name");
        value = new SecretInput(this);
        grid = new GridFeature(this);
    }

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var where = grid.Of(run);
        var request = new SecretWriteRequest { Name = run.Value(name), Value = await value.ReadAsync(run, cancellationToken) };
        await run.Progress.RunAsync($"Writing {request.Name} to the vault", _ => run.Api.PostAsync(
            ApiPaths.Secrets(where), request, KontenaResponseJson.Default.SecretWriteRequest, KontenaResponseJson.Default.SecretValueJson, cancellationToken));
        return Exit.Done;
    }
}
