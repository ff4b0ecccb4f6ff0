using Kontena.Api.Http;
using Kontena.Contracts.Http;
using Kontena.State;

namespace Kontena.Api.Master;

/// <summary>Who is there and does it work (rest-api.md §4).</summary>
internal static class MasterEndpoints
{
    private static readonly MasterJson Master = new("Kontena Master", "The Container Platform", ApiVersion.Announced);

    /// <summary>The original's agents open a websocket here.</summary>
    private static readonly Absence NoAgents = new(
        "Agents of Kontena Classic can't join this master: its nodes are told what to do over the message broker. Install the agent of this master with /v1/install.sh");

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/", Root).WithFacts("showMaster", Need.Anonymous).Refuses(501, NoAgents.Error)
            .Produces<MasterJson>().WithSummary("Name and version").WithTags("master");
        routes.MapGet("/v1/ping", PingAsync).WithFacts("pingMaster", Need.Anonymous).Refuses(503, "The state store does not answer")
            .Produces<PingJson>().WithSummary("Whether the store can be read").WithTags("master");
    }

    private static Reply Root(HttpContext http) =>
        http.WebSockets.IsWebSocketRequest ? throw NoAgents.Refusal : Reply.Ok(Master, KontenaResponseJson.Wire.MasterJson);

    private static async Task<IResult> PingAsync(IStateStore store, CancellationToken cancellationToken)
    {
        await store.PingAsync(cancellationToken);
        return Reply.Ok(new PingJson("pong"), KontenaResponseJson.Wire.PingJson);
    }
}
