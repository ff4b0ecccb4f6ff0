using Kontena.Contracts.Http;
using Kontena.Contracts.Vault;

namespace Kontena.Api.Secrets;

/// <summary>Secrets as the API shows them (rest-api.md §16). No service can ask for one yet, so none is named.</summary>
internal static class SecretRendering
{
    public static SecretEntryJson Entry(Secret secret) => new()
    {
        Id = $"{secret.Grid}/{secret.Name}", Name = secret.Name, CreatedAt = secret.CreatedAt, UpdatedAt = secret.UpdatedAt,
    };

    public static SecretValueJson Show(Secret secret, string value) => new()
    {
        Id = $"{secret.Grid}/{secret.Name}", Name = secret.Name, CreatedAt = secret.CreatedAt, Value = value,
    };
}
