using System.Text.Json.Nodes;
using Kontena.Api.Http;
using Kontena.Contracts.Http;

namespace Kontena.Api.Auth;

/// <summary>Who the token belongs to. There is one user, the administrator; other users and OAuth logins are refused in words (rest-api.md §3–6).</summary>
internal static class AuthEndpoints
{
    public static readonly UserJson Administrator = new()
    {
        Id = "61646d696e00000000000000",
        Email = "admin",
        Name = "admin",
        Roles = [new RoleJson("master_admin", "Master admin")],
    };

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/user", () => Reply.Ok(Administrator, KontenaResponseJson.Wire.UserJson))
            .Produces<UserJson>().WithSummary("The user of the token").WithTags("users");
        routes.MapGet("/v1/users", () => Reply.Ok(new UsersJson([Administrator]), KontenaResponseJson.Wire.UsersJson))
            .Produces<UsersJson>().WithSummary("All users").WithTags("users");

        routes.MapPost("/v1/auth", NoPasswords).ExcludeFromDescription();
        routes.MapGet("/authenticate", NoProvider).ExcludeFromDescription();
        routes.MapGet("/cb", NoProvider).ExcludeFromDescription();
        routes.MapPost("/oauth2/token", NoCodes).ExcludeFromDescription();
        routes.MapPost("/oauth2/authorize", NoCodes).ExcludeFromDescription();
    }

    private static Task NoPasswords(HttpContext http) =>
        Reply.WriteAsync(http, StatusCodes.Status403Forbidden,
            JsonValue.Create("There are no password logins: use kontena master login --token with the administrator's token"));

    private static Task NoProvider(HttpContext http) => NotConfigured(http, "No authentication provider is configured");

    private static Task NoCodes(HttpContext http) => NotConfigured(http, "This server issues no codes or tokens over HTTP");

    private static Task NotConfigured(HttpContext http, string what) =>
        Reply.WriteAsync(http, StatusCodes.Status501NotImplemented, new JsonObject
        {
            ["error"] = "not_implemented",
            ["error_description"] = $"{what}; log in with kontena master login --token TOKEN",
        });
}
