using Kontena.Api.Services;
using Kontena.Contracts.Http;
using Kontena.Contracts.Services;
using Kontena.Contracts.Vault;

namespace Kontena.Api.Secrets;

/// <summary>Secrets as the API shows them, with the services that ask for them (rest-api.md §16).</summary>
internal static class SecretRendering
{
    /// <param name="services">Of the grid, without those that are being removed.</param>
    public static SecretsJson Entries(IReadOnlyList<Secret> secrets, IReadOnlyList<Service> services)
    {
        // Once for the list: services and what they ask for are as many as a grid has of them.
        var users = services
            .SelectMany(service => service.Spec.Secrets.Select(use => use.Secret).Distinct(StringComparer.Ordinal), (service, secret) => (service, secret))
            .ToLookup(one => one.secret, one => NameOf(one.service), StringComparer.Ordinal);
        return new SecretsJson([.. secrets.Select(secret => new SecretEntryJson
        {
            Id = $"{secret.Grid}/{secret.Name}", Name = secret.Name, CreatedAt = secret.CreatedAt, UpdatedAt = secret.UpdatedAt, Services = [.. users[secret.Name]],
        })]);
    }

    /// <inheritdoc cref="Entries"/>
    public static SecretValueJson Show(Secret secret, string value, IReadOnlyList<Service> services) => new()
    {
        Id = $"{secret.Grid}/{secret.Name}",
        Name = secret.Name,
        CreatedAt = secret.CreatedAt,
        Value = value,
        Services = [.. services.Where(service => service.Spec.Secrets.Any(use => use.Secret == secret.Name)).Select(NameOf)],
    };

    private static NamedIdJson NameOf(Service service) => new(ServiceRendering.IdOf(service), service.Name);
}
