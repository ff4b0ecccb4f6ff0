using System.Net;
using Kontena.Api.Http;
using Kontena.Contracts.Http;
using Kontena.Contracts.Messaging;
using Kontena.Contracts.Nodes;
using Kontena.Hosting.Tls;
using Kontena.State;
using Kontena.State.Documents;

namespace Kontena.Api.Nodes;

/// <summary>What an agent needs before it has a broker user: the CA to pin, and the exchange of its token. Open: the token in the body is the login.</summary>
internal static class EnrolEndpoints
{
    public const string EnrolPath = "/v1/enrol";
    public const string CaPath = "/v1/ca.pem";
    public const string RemovedPath = "/v1/enrol/removed";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost(EnrolPath, EnrolAsync).WithFacts("enrolNode", Need.Node, gridFrom: "the token in the body")
            .Refuses(503, "As many machines join as are served at once, or grid-manager does not answer; worth trying again").Produces<EnrolJson>()
            .WithMetadata(new BodyOf(typeof(EnrolRequest))).WithSummary("Exchange a token for a broker user").WithTags("nodes");
        routes.MapPost(RemovedPath, RemovedAsync).WithFacts("checkRemoval", Need.Node, gridFrom: "grid in the body")
            .Refuses(503, "The state store does not answer").Produces<RemovalJson>().WithMetadata(new BodyOf(typeof(RemovalRequest)))
            .WithSummary("Whether the node that this agent was has been removed").WithTags("nodes");
        routes.MapGet(CaPath, CaAsync).WithFacts("showAuthority", Need.Anonymous).Refuses(404, "This master has no certificate authority of its own")
            .WithSummary("The certificate authority of this installation, in PEM").WithTags("master");
    }

    private static async Task<IResult> EnrolAsync(HttpContext http, Commands commands, EnrolTurns turns, IConfiguration configuration, CancellationToken cancellationToken)
    {
        var request = await RequestBody.ReadAsync(http, KontenaResponseJson.Wire.EnrolRequest);
        if (!http.Request.IsHttps && !IsLocal(http))
            throw HttpRefusal.Invalid("token", "a token must not travel in the clear: use the https:// address of this master");
        var address = http.Connection.RemoteIpAddress ?? IPAddress.None;
        if (!turns.TryTake(address))
            throw HttpRefusal.Away($"as many machines are joining at this moment as this api serves at once ({EnrolTurns.AtOnce}, {EnrolTurns.OfOneAddress} of one address); try again in a moment");
        try
        {
            var enrolled = await commands.EnrolAsync(new EnrolNode
            {
                NodeId = request.NodeId ?? "",
                Name = request.Name ?? "",
                Token = request.Token ?? "",
                Key = request.Key ?? "",
                BrokerPassword = request.BrokerPassword ?? "",
                Labels = request.Labels ?? [],
            }, cancellationToken);
            return Reply.Ok(
                new EnrolJson(enrolled.Grid!, enrolled.Node!, enrolled.Broker!, enrolled.User!, enrolled.Outlet!, await TlsTrust.ReadCaAsync(configuration, cancellationToken)),
                KontenaResponseJson.Wire.EnrolJson);
        }
        finally
        {
            turns.Leave(address);
        }
    }

    /// <summary>Says yes only when a removal is written down, and only to who has the key: an agent that is shut out for another reason, or that nobody knows, is to do nothing.</summary>
    private static async Task<IResult> RemovedAsync(HttpContext http, IStateStore store, CancellationToken cancellationToken)
    {
        var request = await RequestBody.ReadAsync(http, KontenaResponseJson.Wire.RemovalRequest);
        if (request is not { Grid: { Length: > 0 and <= 128 } grid, NodeId: { Length: > 0 and <= 128 } id, Key: { Length: >= 16 and <= 128 } key })
            throw HttpRefusal.Invalid("key", "grid, node_id and the agent's key are needed");
        var removed = (await store.GetAsync(StateKeys.RevokedIdentity, grid, Queues.Node(id), cancellationToken))?.Value;
        return Reply.Ok(
            removed is not null && removed.IsOf(key) ? new RemovalJson(true, removed.Node, removed.RemovedAt) : new RemovalJson(false), KontenaResponseJson.Wire.RemovalJson);
    }

    private static async Task<IResult> CaAsync(IConfiguration configuration, CancellationToken cancellationToken) =>
        await TlsTrust.ReadOwnCaAsync(configuration, cancellationToken) is { } pem
            ? Results.Text(pem, "application/x-pem-file")
            : throw HttpRefusal.NotFound("This master has no certificate authority of its own");

    private static bool IsLocal(HttpContext http) => http.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address);
}
