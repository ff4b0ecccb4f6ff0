using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Kontena.Cli.Api;
using Kontena.Cli.Features;
using Kontena.Cli.Output;
using Kontena.Cli.Parsing;
using Kontena.Contracts.Http;

namespace Kontena.Cli.Commands.Vault;

/// <summary><c>kontena vault export</c> (cli.md §11): what <c>import</c> takes.</summary>
internal sealed class ExportCommand : CommandBody
{
    private readonly GridFeature grid;
    private readonly Option<bool> json;

    public ExportCommand()
    {
        grid = new GridFeature(this);
        json = Switch("--json", null, "As JSON instead of YAML");
    }

    public override string Notes => "The values are written in clear.";

    public override async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var where = grid.Of(run);
        var list = await run.Api.GetAsync(ApiPaths.Secrets(where), KontenaResponseJson.Default.SecretsJson, cancellationToken);
        List<SecretValueJson> secrets = [];
        foreach (var secret in list.Secrets.OrderBy(one => one.Name, StringComparer.Ordinal))
        {
            // One that was removed in between is none of them any more.
            if (await run.Api.FindAsync(ApiPaths.Secret(where, secret.Name), KontenaResponseJson.Default.SecretValueJson, cancellationToken) is { } found)
                secrets.Add(found);
        }

        // All or nothing: half a file would be taken for a whole one.
        if (run.Value(json))
        {
            var all = new JsonObject(secrets.Select(secret => KeyValuePair.Create(secret.Name, (JsonNode?)JsonValue.Create(secret.Value))));
            run.Out.WriteLine(JsonText.Indent(JsonSerializer.SerializeToElement(all, VaultTextJson.Default.JsonObject)));
            return Exit.Done;
        }

        run.Out.WriteLine(secrets.Count == 0 ? "--- {}" : "---");
        foreach (var secret in secrets)
            run.Out.WriteLine($"{YamlText.Portable(secret.Name)}: {YamlText.Portable(secret.Value)}");
        return Exit.Done;
    }
}

[System.Text.Json.Serialization.JsonSerializable(typeof(JsonObject))]
internal sealed partial class VaultTextJson : System.Text.Json.Serialization.JsonSerializerContext;
