using Kontena.Api.Auth;
using Kontena.Api.Http;
using Kontena.Contracts.Identity;
using Names = Kontena.Contracts.Identity.Integrations;

namespace Kontena.Api.PublicBus;

/// <summary>Holds an integration that is a viewer to reading, and keeps from it what would let it do more.</summary>
internal static class ViewerCheck
{
    /// <summary>Operations that answer something to log in or to open with.</summary>
    private static readonly HashSet<string> Secretive = new(StringComparer.Ordinal) { "showSecret", "showNodeToken" };

    /// <exception cref="HttpRefusal">A viewer may not.</exception>
    public static void Require(HttpContext http, User user, RouteFacts? facts)
    {
        if (user.Integration is not { IsViewer: true } viewer)
            return;
        if (!HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method))
            throw Refusal(viewer, "changes something");
        if (facts is not null && Secretive.Contains(facts.Operation))
            throw Refusal(viewer, "shows a secret");
    }

    /// <summary>Whether whoever asks is shown the token of a grid: whoever has it brings in machines, and what runs on them has the grid's secrets.</summary>
    public static bool MayHaveTokens(HttpContext http) => http.Features.Get<SignedIn>() is not { User.Integration.IsViewer: true };

    private static HttpRefusal Refusal(IntegrationLogin viewer, string why) => new(
        StatusCodes.Status403Forbidden, $"Integration {viewer.Name} is a {Names.Viewer} and may only look; this {why}. It takes an integration without the role {Names.Viewer}");
}
