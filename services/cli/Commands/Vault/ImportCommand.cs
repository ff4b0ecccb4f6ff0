using System.CommandLine;
using System.Text;
using Kontena.Cli.Api;
using Kontena.Cli.Features;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Commands.Vault;

/// <summary><c>kontena vault import [PATH]</c> (cli.md §11).</summary>
internal sealed class ImportCommand : CommandBody
{
    /// <summary>Bytes of a file; what a reader of YAML takes in other files of this client is less.</summary>
    private const int Limit = 16 << 20;

    private readonly Argument<string?> path;
    private readonly GridFeature grid;
    private readonly ConfirmFeature confirm;
    private readonly Option<bool> json;
    private readonly Option<bool> skipNull;
    private readonly Option<bool> emptyIsNull;

    public ImportCommand()
    {
        path = Optional("PATH", "A file of names and values; without it, it is read from standard input");
        grid = new GridFeature(this);
        confirm = new ConfirmFeature(this);
        json = Switch("--json", null, "JSON instead of YAML");
        skipNull = Switch("--skip-null", null, "Do not remove secrets whose value is null");
        emptyIsNull = Switch("--empty-is-null", null, "Take an empty value for null");
    }

    public override string Notes =>
        "A name with a value is kept in the vault, whether or not it is there; a name with null is removed from it. Others stay as they are. The file is checked before anything is changed.";

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var where = grid.Of(run);
        var file = SecretsFile.Read(await ReadAsync(run, cancellationToken), run.Value(path) ?? "standard input", run.Value(json), run.Value(emptyIsNull), run.Value(skipNull));
        var (writes, removals) = (file.Writes, file.Removals);
        if (writes.Count + removals.Count == 0) throw new CliException("No secrets loaded");
        if (!confirm.Forced(run))
        {
            run.Say("About to..");
            if (writes.Count > 0) run.Say($"  * IMPORT {Count(writes.Count)}");
            if (removals.Count > 0) run.Say($"  * DELETE {Count(removals.Count)}");
            confirm.ByYes(run, "");
        }

        if (writes.Count > 0)
        {
            await run.Progress.RunAsync($"Updating {Count(writes.Count)} in the vault", async _ =>
            {
                foreach (var (name, value) in writes) await WriteAsync(run, where, name, value, cancellationToken);
            });
        }

        if (removals.Count > 0)
        {
            await run.Progress.RunAsync($"Removing {Count(removals.Count)} from the vault", async _ =>
            {
                foreach (var name in removals) await RemoveAsync(run, where, name, cancellationToken);
            });
        }

        return Exit.Done;
    }

    private static string Count(int count) => count == 1 ? "1 secret" : $"{count} secrets";

    private static Task<SecretValueJson> WriteAsync(CommandRun run, string where, string name, string value, CancellationToken cancellationToken) => run.Api.PutAsync(
        ApiPaths.Secret(where, name), new SecretWriteRequest { Name = name, Value = value, Upsert = true },
        KontenaResponseJson.Default.SecretWriteRequest, KontenaResponseJson.Default.SecretValueJson, cancellationToken);

    private static async Task RemoveAsync(CommandRun run, string where, string name, CancellationToken cancellationToken)
    {
        try
        {
            await run.Api.DeleteAsync(ApiPaths.Secret(where, name), cancellationToken);
        }
        catch (ApiException error) when (error.Status == 404)
        {
            // Not there is what was asked for.
        }
    }

    private async Task<string> ReadAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var text = new byte[64 * 1024];
        using var all = new MemoryStream();
        await using var input = Open(run);
        for (int read; (read = await input.ReadAsync(text, cancellationToken)) > 0;)
        {
            if (all.Length + read > Limit) throw new CliException($"The input is over {Limit >> 20} MB; import it in parts");
            all.Write(text, 0, read);
        }

        return Encoding.UTF8.GetString(all.GetBuffer(), 0, (int)all.Length);
    }

    private Stream Open(CommandRun run)
    {
        if (run.Value(path) is not { } given) return run.Terminal.OpenInput();
        try
        {
            return File.OpenRead(Path.Combine(run.Context.Environment.WorkingDirectory, given));
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"{given} can't be read: {problem.Message}");
        }
    }
}
