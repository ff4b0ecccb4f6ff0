using Kontena.Api.Http;
using Kontena.Contracts.Http;
using Kontena.State;

namespace Kontena.Api.Master;

/// <summary>Who is there and does it work (rest-api.md §4).</summary>
internal static class MasterEndpoints
{
    private static readonly MasterJson Master = new("Kontena Master", "The Container Platform", ApiVersion.Announced);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/", () => Reply.Ok(Master, KontenaResponseJson.Wire.MasterJson))
            .Produces<MasterJson>().WithSummary("Name and version").WithTags("master");
        routes.MapGet("/v1/ping", PingAsync).Produces<PingJson>().WithSummary("Whether the store can be read").WithTags("master");
    }

    private static async Task<IResult> PingAsync(IStateStore store, CancellationToken cancellationToken)
    {
        await store.PingAsync(cancellationToken);
        return Reply.Ok(new PingJson("pong"), KontenaResponseJson.Wire.PingJson);
    }
}
