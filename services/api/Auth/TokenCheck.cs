using System.Text.Json.Nodes;
using Kontena.Api.Http;
using Kontena.Api.Nodes;

namespace Kontena.Api.Auth;

/// <summary>Lets a request through when its path is open or its bearer token is right. Runs before anything is known of the path, so that nobody without a token learns what exists (rest-api.md §3.1).</summary>
internal sealed class TokenCheck(RequestDelegate next, AccessToken token)
{
    private const string Scheme = "Bearer ";

    private static readonly HashSet<string> OpenPaths = new(StringComparer.Ordinal)
    {
        "/", "/livez", "/readyz", "/metrics", "/openapi.json", "/v1/ping", "/v1/auth", "/cb", "/code", "/oauth2/token", "/authenticate",
        EnrolEndpoints.EnrolPath, EnrolEndpoints.CaPath, EnrolEndpoints.RemovedPath, InstallEndpoints.ScriptPath, InstallEndpoints.PackagePath,
    };

    public Task InvokeAsync(HttpContext http)
    {
        if (IsOpen(http.Request.Path.Value ?? "/") || HasToken(http.Request.Headers.Authorization.ToString()))
            return next(http);

        // Node paths also take node tokens in the original, which therefore refuses them in its own words.
        var isNodePath = (http.Request.Path.Value ?? "").StartsWith("/v1/nodes/", StringComparison.Ordinal);
        http.Response.Headers.WWWAuthenticate =
            "Bearer realm=\"kontena_master\", error=\"invalid_token\", error_description=\"Invalid token\"";
        return Reply.WriteAsync(http, StatusCodes.Status403Forbidden, new JsonObject
        {
            ["error"] = isNodePath ? "access_denied" : "invalid_token",
            ["error_description"] = isNodePath ? null : "Invalid token",
        });
    }

    internal static bool IsOpen(string path) => OpenPaths.Contains(path) || EngineNodeEndpoints.IsPath(path);

    private bool HasToken(string authorization) =>
        authorization.StartsWith(Scheme, StringComparison.Ordinal) && token.Matches(authorization[Scheme.Length..]);
}
