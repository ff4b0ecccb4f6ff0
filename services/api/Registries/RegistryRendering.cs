using Kontena.Contracts.Http;
using Kontena.Contracts.Registries;

namespace Kontena.Api.Registries;

/// <summary>Logins at registries as the API shows them: never with the password (rest-api.md §15).</summary>
internal static class RegistryRendering
{
    public static ExternalRegistryJson Render(ExternalRegistry registry) => new()
    {
        Id = $"{registry.Grid}/{registry.Name}", Name = registry.Name, Url = registry.Url, Username = registry.Username, Email = registry.Email,
    };
}
