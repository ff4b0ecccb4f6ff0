using System.Text.Json;
using System.Text.Json.Serialization;

namespace Kontena.Cli.Settings;

/// <summary>The content of <c>~/.kontena_client.json</c> (cli.md §6.1). Keys we do not know survive a rewrite.</summary>
internal sealed class ClientSettings
{
    public string? CurrentServer { get; set; }

    public string? CurrentAccount { get; set; }

    public List<MasterEntry> Servers { get; set; } = [];

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }

    public MasterEntry? Find(string? name) => name is null ? null : Servers.Find(server => server.Name == name);

    /// <summary>Adds a number to a name that is taken: <c>x-2</c>, <c>x-3</c>.</summary>
    public string UnusedName(string wanted)
    {
        if (Find(wanted) is null) return wanted;
        for (var number = 2; ; number++)
            if (Find($"{wanted}-{number}") is null) return $"{wanted}-{number}";
    }
}

/// <summary>One master this client knows.</summary>
internal sealed class MasterEntry
{
    public string Name { get; set; } = "";

    public string Url { get; set; } = "";

    /// <summary>The grid chosen with <c>grid use</c>.</summary>
    public string? Grid { get; set; }

    public string? Username { get; set; }

    public string? Token { get; set; }

    /// <summary>Unix seconds; null or 0 is never.</summary>
    public long? TokenExpiresAt { get; set; }

    public string? RefreshToken { get; set; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Others { get; set; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(ClientSettings))]
internal sealed partial class SettingsJson : JsonSerializerContext;
