using Kontena.Contracts.Http;
using Microsoft.AspNetCore.Routing.Patterns;

namespace Kontena.Api.Http;

/// <summary>Adds the version header, and holds paths to their exact spelling: no trailing slash, letters as documented (rest-api.md §1.4).</summary>
internal sealed class StrictPaths(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext http)
    {
        http.Response.OnStarting(static state =>
        {
            ((HttpResponse)state).Headers[ApiVersion.Header] = ApiVersion.Announced;
            return Task.CompletedTask;
        }, http.Response);

        if (http.GetEndpoint() is RouteEndpoint route && !IsExact(http.Request.Path.Value ?? "", route.RoutePattern))
        {
            http.SetEndpoint(null);
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        return next(http);
    }

    private static bool IsExact(string path, RoutePattern pattern)
    {
        // What a path takes whole, such as a key, may end as it likes.
        if (path.Length > 1 && path.EndsWith('/') && !pattern.Parameters.Any(parameter => parameter.IsCatchAll))
            return false;
        var segments = path.Split('/', StringSplitOptions.None)[1..];
        for (var i = 0; i < pattern.PathSegments.Count && i < segments.Length; i++)
        {
            if (pattern.PathSegments[i].Parts is [RoutePatternLiteralPart literal]
                && !string.Equals(literal.Content, segments[i], StringComparison.Ordinal))
                return false;
        }

        return true;
    }
}
