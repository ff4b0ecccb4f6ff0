using System.Text.Json.Nodes;
using Kontena.Api.Http;

namespace Kontena.Api.Auth;

/// <summary>Logins by password, which are refused in words (rest-api.md §4).</summary>
internal static class AuthEndpoints
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost("/v1/auth", NoPasswords).WithFacts("logInByPassword", Need.Anonymous)
            .Refuses(403, "Always: there are no password logins").ExcludeFromDescription();

    private static Task NoPasswords(HttpContext http) =>
        Reply.WriteAsync(http, StatusCodes.Status403Forbidden,
            JsonValue.Create("There are no password logins: use kontena master login --token TOKEN, or --code CODE"));
}
