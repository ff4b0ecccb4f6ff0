using System.Text.Json.Nodes;
using Kontena.Api.Http;
using Kontena.Api.Nodes;
using Kontena.Api.PublicBus;

namespace Kontena.Api.Auth;

/// <summary>Lets a request through when its path is open, or finds out by its bearer token who it is from. Runs before anything is known of the path, so that nobody without a token learns what exists (rest-api.md §3.1).</summary>
internal sealed class TokenCheck(RequestDelegate next, SignIns signIns, FailedSignIns failed, TimeProvider time)
{
    private const string Scheme = "Bearer ";
    private const string AuthorizePath = "/oauth2/authorize";

    private static readonly HashSet<string> OpenPaths = new(StringComparer.Ordinal)
    {
        "/", "/livez", "/readyz", "/metrics", "/openapi.json", AsyncApiDocument.Path, "/v1/ping", "/v1/auth", "/cb", "/code", "/oauth2/token", "/authenticate",
        EnrolEndpoints.EnrolPath, EnrolEndpoints.CaPath, EnrolEndpoints.RemovedPath, InstallEndpoints.ScriptPath, InstallEndpoints.PackagePath,
    };

    public async Task InvokeAsync(HttpContext http)
    {
        var path = http.Request.Path.Value ?? "/";
        if (http.Features.Get<IntegrationSender>() is { } sender)
        {
            // What asks nobody who they are counts by address or takes a machine's token, and has neither here.
            if (IsOpen(path))
                throw HttpRefusal.NotFound("This path is not for integrations");
            http.SignIn(new SignedIn(sender.User, sender.Token));
        }
        else if (!IsOpen(path))
        {
            var token = TokenOf(http);
            // After too many that were none only those are looked up that have been good before: strangers wait, and whoever works on behind the same address does not.
            if (token is not null && failed.IsFull(http.Connection.RemoteIpAddress) && !signIns.Remembers(token))
                throw OAuth2.TooMany(http);
            var who = token is null ? null : await signIns.FindAsync(token, http.RequestAborted);
            if (who is null || who.IsExpired(time.GetUtcNow()))
            {
                if (token is not null && who is null)
                    failed.TryCount(http.Connection.RemoteIpAddress);
                await RefuseAsync(http, path, who is null ? "Invalid token" : "Token expired");
                return;
            }

            http.SignIn(who);
        }

        await next(http);
    }

    public static string? TokenOf(HttpContext http)
    {
        var authorization = http.Request.Headers.Authorization.ToString();
        return authorization.StartsWith(Scheme, StringComparison.Ordinal) ? authorization[Scheme.Length..] : null;
    }

    private static Task RefuseAsync(HttpContext http, string path, string why)
    {
        // In the original these also take something else than a user's token, or none, and refuse in their own words.
        var isOptional = path == AuthorizePath || path.StartsWith("/v1/nodes/", StringComparison.Ordinal);
        http.Response.Headers.WWWAuthenticate = $"Bearer realm=\"kontena_master\", error=\"invalid_token\", error_description=\"{why}\"";
        return Reply.WriteAsync(http, StatusCodes.Status403Forbidden, new JsonObject
        {
            ["error"] = isOptional ? "access_denied" : "invalid_token",
            ["error_description"] = isOptional ? null : why,
        });
    }

    internal static bool IsOpen(string path) => OpenPaths.Contains(path) || EngineNodeEndpoints.IsPath(path);
}
