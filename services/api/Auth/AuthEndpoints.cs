using System.Text.Json.Nodes;
using Kontena.Api.Http;
using Kontena.Api.Snapshots;
using Kontena.Api.Users;
using Kontena.Contracts.Http;

namespace Kontena.Api.Auth;

/// <summary>Who the token belongs to. There is one user, the administrator; other users and OAuth logins are refused in words (rest-api.md §3–6).</summary>
internal static class AuthEndpoints
{
    private static readonly Absence OneUser = new(
        "This version has one user, the administrator, who may do everything: there are no others to invite, remove or give roles to. Share the administrator's token with care");
    private static readonly Absence NoProvider = new("No authentication provider is configured; log in with kontena master login --token TOKEN");
    private static readonly Absence NoCodes = new(
        "This server issues no codes or tokens over HTTP; the administrator's token is in the file admin.token of the api: log in with kontena master login --token TOKEN");

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/user", (HttpContext http) => Reply.Ok(UserRendering.Render(http.SignedIn().User), KontenaResponseJson.Wire.UserJson))
            .WithFacts("showUser", Need.AnyUser).Produces<UserJson>().WithSummary("The user of the token").WithTags("users");
        routes.MapGet("/v1/users", async (SnapshotReader reader, CancellationToken cancellationToken) =>
                Reply.Ok(UserRendering.Render(await reader.UsersAsync(cancellationToken)), KontenaResponseJson.Wire.UsersJson))
            .WithFacts("listUsers", Need.UserAdmin).Produces<UsersJson>().WithSummary("All users").WithTags("users");

        routes.MapAbsent("DELETE", "/v1/users/{email}", "removeUser", Need.UserAdmin, OneUser).DeniedAt("user", StatusCodes.Status400BadRequest);
        routes.MapAbsent("POST", "/v1/users/{email}/roles", "addRole", Need.MasterAdmin, OneUser).DeniedAt("current_user");
        routes.MapAbsent("DELETE", "/v1/users/{email}/roles/{role}", "removeRole", Need.MasterAdmin, OneUser).DeniedAt("current_user");
        routes.MapAbsent("POST", "/v1/grids/{grid}/users", "addGridUser", Need.GridMembersAdmin, OneUser).DeniedAt("grid");
        routes.MapAbsent("DELETE", "/v1/grids/{grid}/users/{email}", "removeGridUser", Need.GridMembersAdmin, OneUser).DeniedAt("grid");

        routes.MapPost("/v1/auth", NoPasswords).WithFacts("logInByPassword", Need.Anonymous)
            .Refuses(403, "Always: there are no password logins").ExcludeFromDescription();
        routes.MapAbsent("GET", "/authenticate", "startLogin", Need.Anonymous, NoProvider);
        routes.MapAbsent("GET", "/cb", "finishLogin", Need.Anonymous, NoProvider);
        routes.MapAbsent("GET", "/code", "showCode", Need.Anonymous, NoCodes);
        routes.MapAbsent("POST", "/oauth2/token", "exchangeCode", Need.Anonymous, NoCodes);
        routes.MapAbsent("POST", "/oauth2/authorize", "createToken", Need.AnyUser, NoCodes);
        routes.MapAbsent("GET", "/oauth2/tokens", "listTokens", Need.AnyUser, NoCodes);
        routes.MapAbsent("GET", "/oauth2/tokens/{tokenOrId}", "showToken", Need.AnyUser, NoCodes);
        routes.MapAbsent("DELETE", "/oauth2/tokens/{tokenOrId}", "removeToken", Need.AnyUser, NoCodes);
    }

    private static Task NoPasswords(HttpContext http) =>
        Reply.WriteAsync(http, StatusCodes.Status403Forbidden,
            JsonValue.Create("There are no password logins: use kontena master login --token with the administrator's token"));
}
