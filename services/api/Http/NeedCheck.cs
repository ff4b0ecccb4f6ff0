using Kontena.Api.Auth;
using Kontena.Api.PublicBus;
using Kontena.Api.Snapshots;
using Kontena.Contracts.Identity;

namespace Kontena.Api.Http;

/// <summary>Holds what a route needs against whoever asks. First the grid, which is a 404 when it is not there, then the role (rest-api.md §3.3).</summary>
/// <remarks>A route that says nothing of its need is for a master_admin: what was forgotten stays shut.</remarks>
internal sealed class NeedCheck(RequestDelegate next, SnapshotReader reader)
{
    public async Task InvokeAsync(HttpContext http)
    {
        // Nobody is signed in on an open path. Nothing is there without a route, and what answers a verb that a path does not have is none.
        if (http.GetEndpoint() is RouteEndpoint endpoint && http.Features.Get<SignedIn>() is { User: { IsMasterAdmin: false } user })
        {
            var facts = endpoint.Metadata.GetMetadata<RouteFacts>();
            var grid = http.Request.RouteValues["grid"] as string;
            if (grid is not null && !user.IsUserOf(grid))
                throw await reader.FindGridAsync(grid, http.RequestAborted) is null ? HttpRefusal.NotFound() : Denied(http, Denial.OfGrid);
            ViewerCheck.Require(http, user, facts);
            if (!IsMet(http, user))
                throw Denied(http, facts?.Denial ?? Denial.Plain);
        }

        await next(http);
    }

    // Whatever the status is that it is said with, it is a refusal of who asks.
    private static HttpRefusal Denied(HttpContext http, Denial denial)
    {
        http.Features.Set(denial);
        return denial.Refusal;
    }

    /// <summary>Whether a user may have what the request asks for.</summary>
    public static bool IsMet(HttpContext http, User user) =>
        (http.GetEndpoint()?.Metadata.GetMetadata<RouteFacts>()?.Need ?? Need.MasterAdmin).IsMetBy(user, http.Request.RouteValues["grid"] as string);
}
