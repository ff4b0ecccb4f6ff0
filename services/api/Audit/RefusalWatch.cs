using Kontena.Api.Auth;
using Kontena.Api.Http;
using Kontena.Contracts.Audit;
using Kontena.Contracts.Identity;

namespace Kontena.Api.Audit;

/// <summary>Counts what is answered with 401 or 403, and what a role did not suffice for, wherever it was refused. What strangers say is not kept: of a path only how the route spells it.</summary>
internal sealed class RefusalWatch(RequestDelegate next, RefusalWindow window)
{
    public Task InvokeAsync(HttpContext http)
    {
        http.Response.OnStarting(() =>
        {
            if (http.Response.StatusCode is StatusCodes.Status401Unauthorized or StatusCodes.Status403Forbidden || http.Features.Get<Denial>() is not null)
                window.Count(Describe(http));
            return Task.CompletedTask;
        });
        return next(http);
    }

    private static RefusedAccess Describe(HttpContext http)
    {
        var endpoint = http.GetEndpoint() as RouteEndpoint;
        var caller = http.Features.Get<Caller>();
        return new RefusedAccess
        {
            Caller = caller ?? new Caller { Id = RefusalWindow.Unknown, Name = RefusalWindow.Unknown, Kind = CallerKind.User, Address = SignedInFeature.AddressOf(http)?.ToString() },
            Need = caller is null ? "token" : endpoint?.Metadata.GetMetadata<RouteFacts>()?.Need.Name ?? Need.MasterAdmin.Name,
            Path = endpoint?.RoutePattern.RawText is { } route ? $"{http.Request.Method} {route}" : "no such path",
            Grid = caller is null ? null : http.Request.RouteValues["grid"] as string,
            Status = http.Response.StatusCode,
            Count = 1,
        };
    }
}
