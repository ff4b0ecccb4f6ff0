using Microsoft.Extensions.Configuration;

namespace Kontena.GridManager.Vault;

/// <summary>Where the vault's keys are.</summary>
/// <param name="KeyFile">Made at the vault's first use, for its owner alone.</param>
/// <param name="Keys">The content of such a file, in place of it; null when it is in the file.</param>
internal sealed record VaultOptions(string KeyFile, string? Keys)
{
    public const string FileKey = "Kontena:Vault:KeyFile";
    public const string KeysKey = "Kontena:Vault:Keys";

    public static VaultOptions From(IConfiguration configuration)
    {
        var data = configuration["Kontena:DataDirectory"] is { Length: > 0 } given ? given : "/var/lib/kontena";
        return new VaultOptions(
            configuration[FileKey] is { Length: > 0 } file ? file : Path.Combine(data, "vault.key"),
            configuration[KeysKey] is { Length: > 0 } keys ? keys : null);
    }
}
