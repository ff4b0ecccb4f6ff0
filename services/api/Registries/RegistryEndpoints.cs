using Kontena.Api.Http;

namespace Kontena.Api.Registries;

/// <summary>Logins at image registries (rest-api.md §15).</summary>
internal static class RegistryEndpoints
{
    private static readonly Absence NoRegistries = new(
        "This version keeps no logins of image registries, so images are pulled without one: use a registry that lets the nodes pull without logging in");

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapAbsent("GET", "/v1/grids/{grid}/external_registries", "listRegistries", Need.GridUser, NoRegistries);
        routes.MapAbsent("POST", "/v1/grids/{grid}/external_registries", "addRegistry", Need.GridUser, NoRegistries);
        routes.MapAbsent("GET", "/v1/external_registries/{grid}/{name}", "showRegistry", Need.GridUser, NoRegistries);
        routes.MapAbsent("DELETE", "/v1/external_registries/{grid}/{name}", "removeRegistry", Need.GridUser, NoRegistries);
    }
}
