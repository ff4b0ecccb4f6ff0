using System.Text.Json.Nodes;
using Kontena.Api.Http;

namespace Kontena.Api.Auth;

/// <summary>Logins that are refused in words: by password, and through a provider (rest-api.md §4, §5.4, §5.5).</summary>
internal static class AuthEndpoints
{
    private static readonly Absence NoProvider = new(
        "This master asks no authentication provider; log in with kontena master login --token TOKEN, or with a code: kontena master login --code CODE");

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/auth", NoPasswords).WithFacts("logInByPassword", Need.Anonymous)
            .Refuses(403, "Always: there are no password logins").ExcludeFromDescription();
        routes.MapAbsent("GET", "/authenticate", "startLogin", Need.Anonymous, NoProvider);
        routes.MapAbsent("GET", "/cb", "finishLogin", Need.Anonymous, NoProvider);
        routes.MapAbsent("GET", "/code", "showCode", Need.Anonymous, NoProvider);
    }

    private static Task NoPasswords(HttpContext http) =>
        Reply.WriteAsync(http, StatusCodes.Status403Forbidden,
            JsonValue.Create("There are no password logins: use kontena master login --token TOKEN, or --code CODE"));
}
