using Kontena.Api.Http;
using Kontena.Contracts.Http;
using Kontena.Contracts.Nodes;
using Kontena.Hosting.Tls;

namespace Kontena.Api.Nodes;

/// <summary>What an agent needs before it has a broker user: the CA to pin, and the exchange of its token. Open: the token in the body is the login.</summary>
internal static class EnrolEndpoints
{
    public const string EnrolPath = "/v1/enrol";
    public const string CaPath = "/v1/ca.pem";

    /// <summary>Each looks at every token there is: more at once wait no longer than a moment, and are told so.</summary>
    private const int AtOnce = 16;
    private static readonly SemaphoreSlim Turns = new(AtOnce, AtOnce);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost(EnrolPath, EnrolAsync).Produces<EnrolJson>().WithMetadata(new BodyOf(typeof(EnrolRequest))).WithSummary("Exchange a token for a broker user").WithTags("nodes");
        routes.MapGet(CaPath, CaAsync).WithSummary("The certificate authority of this installation, in PEM").WithTags("master");
    }

    private static async Task<IResult> EnrolAsync(HttpContext http, Commands commands, IConfiguration configuration, CancellationToken cancellationToken)
    {
        var request = await RequestBody.ReadAsync(http, KontenaResponseJson.Wire.EnrolRequest);
        if (!http.Request.IsHttps && !IsLocal(http))
            throw HttpRefusal.Invalid("token", "a token must not travel in the clear: use the https:// address of this master");
        if (!await Turns.WaitAsync(TimeSpan.Zero, cancellationToken))
            throw HttpRefusal.Away($"{AtOnce} machines are joining at this moment, as many as this api serves at once; try again in a moment");
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
            Turns.Release();
        }
    }

    private static async Task<IResult> CaAsync(IConfiguration configuration, CancellationToken cancellationToken) =>
        await TlsTrust.ReadOwnCaAsync(configuration, cancellationToken) is { } pem
            ? Results.Text(pem, "application/x-pem-file")
            : throw HttpRefusal.NotFound("This master has no certificate authority of its own");

    private static bool IsLocal(HttpContext http) => http.Connection.RemoteIpAddress is { } address && System.Net.IPAddress.IsLoopback(address);
}
