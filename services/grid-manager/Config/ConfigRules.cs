using System.Text.Json;
using Kontena.Core.Services;

namespace Kontena.GridManager.Config;

/// <summary>What may be configured (rest-api.md §7; the limits are ours). Keys that nobody here reads are kept for the clients that do.</summary>
internal static class ConfigRules
{
    public const int MostKeys = 200;
    public const int LongestKey = 128;
    public const int LongestValue = 4096;

    /// <summary>Belongs to the installation, not to whoever configures it: a replacement leaves it.</summary>
    public const string Uuid = "server.uuid";

    /// <summary>The original's salt for hashes of tokens. There is none here, and in the original what is written there is ignored.</summary>
    public const string Salt = "server.salt";

    /// <summary>Always false here, so that only this can be written and nothing is kept.</summary>
    public static readonly IReadOnlyList<string> AlwaysFalse = ["cloud.enabled", "server.telemetry_enabled"];

    private static readonly HashSet<string> Addresses = new(StringComparer.Ordinal)
    {
        "server.root_url", "oauth2.authorize_endpoint", "oauth2.token_endpoint", "oauth2.userinfo_endpoint",
    };

    private static readonly HashSet<string> Truths = new(StringComparer.Ordinal)
    {
        "oauth2.code_requires_basic_auth", "oauth2.userinfo_requires_basic_auth", "oauth2.pkce",
    };

    private static readonly Dictionary<string, string[]> Choices = new(StringComparer.Ordinal)
    {
        ["oauth2.token_method"] = ["post", "get"],
        ["oauth2.token_post_content_type"] = ["application/json", "application/x-www-form-urlencoded"],
    };

    /// <summary>Everything that a change of is a change of who people are (rest-api.md §7).</summary>
    public static bool IsOfProvider(string key) => key == "server.root_url" || key.StartsWith("oauth2.", StringComparison.Ordinal);

    public static void CheckKey(string key, FieldErrors errors)
    {
        if (key.Length is 0 or > LongestKey || !key.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-'))
            errors.Say($"'{Short(key)}' isn't a key: 1 to {LongestKey} letters, digits, '.', '_' and '-'", "config");
    }

    /// <param name="key">Whose value it is; a good one.</param>
    /// <param name="json">The value, not null.</param>
    /// <param name="errors">Gets what is wrong, never the value: it may be a secret.</param>
    public static void CheckValue(string key, string json, FieldErrors errors)
    {
        if (json.Length > LongestValue)
        {
            errors.Say($"{key} is too long: at most {LongestValue} characters", key);
            return;
        }

        if (Read(json) is not { } value)
        {
            errors.Say($"{key} isn't JSON", key);
            return;
        }

        var text = TextOf(value);
        if (AlwaysFalse.Contains(key) && text != "false")
            errors.Say($"{key} is false here: this master has neither a cloud nor telemetry", key);
        else if (key == "oauth2.ignore_invalid_ssl" && text != "false")
            errors.Say($"{key} is false here: give the provider a certificate that this machine trusts", key);
        else if (Addresses.Contains(key) && !IsAddress(value, key))
            errors.Say($"{key} isn't an address: http:// or https:// with a host, without a user, a query or a #", key);
        else if (Truths.Contains(key) && text is not ("true" or "false"))
            errors.Say($"{key} isn't true or false", key);
        else if (Choices.TryGetValue(key, out var choices) && !choices.Contains(text, StringComparer.OrdinalIgnoreCase))
            errors.Say($"{key} isn't one of {string.Join(", ", choices)}", key);
        else if (IsText(key) && (value.ValueKind != JsonValueKind.String || string.IsNullOrWhiteSpace(text) || text.Any(char.IsControl)))
            errors.Say($"{key} isn't a text without control characters", key);
    }

    public static string Short(string key) => key.Length <= 40 ? key : key[..40];

    private static bool IsText(string key) => key is "oauth2.client_id" or "oauth2.client_secret" or "oauth2.userinfo_scope" or "server.name"
        || key.EndsWith("_jsonpath", StringComparison.Ordinal);

    private static JsonElement? Read(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string TextOf(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    /// <summary>Those of a provider may have a query already.</summary>
    private static bool IsAddress(JsonElement value, string key) =>
        value.ValueKind == JsonValueKind.String && Uri.TryCreate(value.GetString(), UriKind.Absolute, out var address)
        && (address.Scheme == Uri.UriSchemeHttps || address.Scheme == Uri.UriSchemeHttp)
        && address.Host.Length > 0 && address.UserInfo.Length == 0 && address.Fragment.Length == 0
        && (address.Query.Length == 0 || key != "server.root_url");
}
