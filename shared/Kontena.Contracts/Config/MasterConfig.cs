namespace Kontena.Contracts.Config;

/// <summary>What is configured over HTTP (rest-api.md §7). Written by grid-manager; one document, id <c>config</c>.</summary>
public sealed record MasterConfig
{
    /// <summary>By key, in order; at most 200 with <see cref="Secrets"/>.</summary>
    public IReadOnlyList<ConfigValue> Values { get => field ?? []; init; } = [];

    /// <summary>Those whose key ends with <c>_secret</c>, sealed with the vault's key.</summary>
    public IReadOnlyList<SealedConfig> Secrets { get => field ?? []; init; } = [];
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Whether a value of this key is sealed (rest-api.md §7).</summary>
    public static bool IsSecret(string key) => key.EndsWith("_secret", StringComparison.Ordinal);
}

/// <param name="Key">1 to 128 letters, digits, <c>.</c>, <c>_</c> and <c>-</c>.</param>
/// <param name="Json">The value as JSON, so that it keeps its type; at most 4096 characters, never <c>null</c>.</param>
public sealed record ConfigValue(string Key, string Json);

/// <param name="Key">As in <see cref="ConfigValue"/>.</param>
/// <param name="KeyId">Which key of the vault's ring sealed it.</param>
/// <param name="Sealed">The value's JSON, as a vault's secret is sealed; bound to the key it stands under.</param>
public sealed record SealedConfig(string Key, string KeyId, string Sealed);
