using Kontena.Contracts.Commands;
using Kontena.Contracts.Vault;

namespace Kontena.Contracts.Config;

/// <summary>Sets and unsets keys of the configuration, all or none. Answered with <see cref="VaultWritten"/>: values that are secrets need the vault.</summary>
public sealed record ChangeConfig
{
    public IReadOnlyList<ConfigValue> Set { get; init; } = [];

    /// <summary>Those that are secrets, each for <see cref="ConfigPlaces.Writing"/>.</summary>
    public IReadOnlyList<SentConfig> SetSecrets { get; init; } = [];
    public IReadOnlyList<string> Unset { get; init; } = [];

    /// <summary>What is not named goes too, except what the master keeps of itself (<c>server.uuid</c>).</summary>
    public bool Replace { get; init; }
}

/// <param name="Key">As in <see cref="ConfigValue"/>.</param>
/// <param name="Json">The value's JSON, sealed.</param>
public sealed record SentConfig(string Key, SealedValue Json);

/// <summary>The values of configured secrets, for the eyes of whoever has the private key to <see cref="PublicKey"/>. Answered with <see cref="ConfigSecretsRead"/>.</summary>
public sealed record ReadConfigSecrets
{
    /// <summary>Those that are not set are not in the answer.</summary>
    public required IReadOnlyList<string> Keys { get; init; }

    /// <summary>Made for this question, as <see cref="SealedValue.PublicKey"/>.</summary>
    public required string PublicKey { get; init; }
}

/// <summary>The answer to <see cref="ReadConfigSecrets"/>.</summary>
public sealed record ConfigSecretsRead
{
    public required CommandResult Result { get; init; }

    /// <summary>Each for <see cref="ConfigPlaces.Reading"/>.</summary>
    public IReadOnlyList<SentConfig> Values { get => field ?? []; init; } = [];

    /// <inheritdoc cref="VaultDoor.Closed"/>
    public string? Closed { get; init; }
}

/// <summary>As <see cref="SecretPlaces"/>, for the configuration.</summary>
public static class ConfigPlaces
{
    public static string Writing(string key) => $"write/config/{key}";

    public static string Reading(string key) => $"read/config/{key}";
}
