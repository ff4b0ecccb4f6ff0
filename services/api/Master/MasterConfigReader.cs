using System.Text.Json.Nodes;
using Kontena.Api.Http;
using Kontena.Contracts.Config;
using Kontena.Core.Vault;
using Kontena.State;
using Kontena.State.Documents;

namespace Kontena.Api.Master;

/// <summary>The configuration as it is at this moment: read anew each time, so that every api has a change at once.</summary>
internal sealed class MasterConfigReader(IStateStore store, Commands commands)
{
    /// <summary>Keys that say something true of every installation; the values are texts, as in the original.</summary>
    private static readonly IReadOnlyList<ConfigValue> Fixed = [new("cloud.enabled", "\"false\""), new("server.telemetry_enabled", "\"false\"")];

    /// <summary>Everything that is open, by key and in order; secrets are named with a null.</summary>
    public async Task<SortedDictionary<string, string?>> ReadAsync(CancellationToken cancellationToken)
    {
        var config = await store.GetAsync(StateKeys.MasterConfig, StateKeys.System, "config", cancellationToken);
        var all = new SortedDictionary<string, string?>(StringComparer.Ordinal);
        foreach (var one in (config?.Value.Values ?? []).Concat(Fixed))
            all[one.Key] = one.Json;
        foreach (var secret in config?.Value.Secrets ?? [])
            all[secret.Key] = null;
        return all;
    }

    /// <summary>Puts the secrets among these in the clear, each as JSON.</summary>
    /// <exception cref="HttpRefusal">503: the vault is closed, or grid-manager away.</exception>
    public async Task OpenAsync(SortedDictionary<string, string?> values, CancellationToken cancellationToken)
    {
        var secrets = values.Where(one => one.Value is null).Select(one => one.Key).ToList();
        if (secrets.Count == 0)
            return;
        using var own = BusSeal.NewKey();
        var read = await commands.AskGridManagerAsync<ReadConfigSecrets, ConfigSecretsRead>(
            new ReadConfigSecrets { Keys = secrets, PublicKey = BusSeal.PublicKeyOf(own) }, cancellationToken);
        if (read.Closed is { } why)
            throw HttpRefusal.Away($"Vault not configured: {why}");
        Commands.Require(read.Result);
        foreach (var key in secrets)
        {
            // Unset between the two looks: it is not there.
            if (read.Values.FirstOrDefault(one => one.Key == key) is not { } sent)
                values.Remove(key);
            else
                values[key] = BusSeal.Open(own, ConfigPlaces.Reading(key), sent.Json)
                    ?? throw HttpRefusal.Away("the vault's answer was not meant for this question; try again in a moment");
        }
    }

    public static JsonObject Render(SortedDictionary<string, string?> values) =>
        new(values.Select(one => KeyValuePair.Create(one.Key, one.Value is null ? null : JsonNode.Parse(one.Value))));
}
