using Kontena.Api.Http;

namespace Kontena.Api.Secrets;

/// <summary>The vault (rest-api.md §16).</summary>
internal static class SecretEndpoints
{
    /// <summary>The status of an original without a vault key, which its client knows.</summary>
    private static readonly Absence NoVault = new(
        StatusCodes.Status503ServiceUnavailable,
        "Vault not configured: this version keeps no secrets. Give values as env, or put them into files on the nodes and mount those");

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapAbsent("GET", "/v1/grids/{grid}/secrets", "listSecrets", Need.GridUser, NoVault);
        routes.MapAbsent("POST", "/v1/grids/{grid}/secrets", "createSecret", Need.GridUser, NoVault);
        routes.MapAbsent("PUT", "/v1/grids/{grid}/secrets/{name}", "writeSecret", Need.GridUser, NoVault);
        routes.MapAbsent("GET", "/v1/secrets/{grid}/{name}", "showSecret", Need.GridUser, NoVault);
        routes.MapAbsent("PUT", "/v1/secrets/{grid}/{name}", "updateSecret", Need.GridUser, NoVault);
        routes.MapAbsent("DELETE", "/v1/secrets/{grid}/{name}", "removeSecret", Need.GridUser, NoVault);
    }
}
