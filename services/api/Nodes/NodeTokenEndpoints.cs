using Kontena.Api.Http;
using Kontena.Api.PublicBus;
using Kontena.Api.Snapshots;
using Kontena.Contracts.Audit;
using Kontena.Contracts.Http;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Stats;

namespace Kontena.Api.Nodes;

/// <summary>Records for machines that are to come, and their tokens (rest-api.md §10.2).</summary>
internal static class NodeTokenEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var nodes = routes.MapGroup("/v1").WithTags("nodes");
        nodes.MapPost("/grids/{grid}/nodes", CreateAsync).WithFacts("createNode", Need.GridAdmin).Produces<NodeJson>(201)
            .WithMetadata(new BodyOf(typeof(NodeRequest))).WithSummary("Make a record and a token for a machine that is to come");
        nodes.MapGet("/nodes/{grid}/{node}/token", ShowAsync).WithFacts("showNodeToken", Need.GridAdmin)
            .Refuses(404, "The node has no token of its own").Produces<NodeTokenJson>().WithSummary("The node's own token");
        nodes.MapPut("/nodes/{grid}/{node}/token", ResetAsync).WithFacts("resetNodeToken", Need.GridAdmin).Produces<NodeTokenJson>()
            .WithMetadata(new BodyOf(typeof(NodeTokenRequest))).WithSummary("Give a node another token");
        nodes.MapDelete("/nodes/{grid}/{node}/token", ClearAsync).WithFacts("clearNodeToken", Need.GridAdmin)
            .WithMetadata(new BodyOf(typeof(NodeTokenRequest))).WithSummary("Take a node's token away");
    }

    private static async Task<IResult> CreateAsync(string grid, HttpContext http, Commands commands, SnapshotReader reader, TimeProvider time, CancellationToken cancellationToken)
    {
        var found = await reader.GridAsync(grid, cancellationToken);
        var request = await RequestBody.ReadAsync(http, KontenaResponseJson.Wire.NodeRequest);
        var name = await commands.AskGridManagerAsync(
            new CreateNode { Grid = found.Name, Name = request.Name, Token = request.Token, Labels = request.Labels, TokenSeconds = request.ExpiresIn }, cancellationToken);
        var snapshot = await reader.OfNodesAsync(found, cancellationToken);
        var node = snapshot.NodeNamed(name ?? "") ?? throw HttpRefusal.NotFound();
        return Reply.Created(NodeRendering.Render(node, snapshot, new LatestStats(), time.GetUtcNow(), ViewerCheck.MayHaveTokens(http)), KontenaResponseJson.Wire.NodeJson);
    }

    private static async Task<IResult> ShowAsync(string grid, string node, Commands commands, SnapshotReader reader, CancellationToken cancellationToken)
    {
        await reader.GridAsync(grid, cancellationToken);
        var found = await reader.NodeAsync(grid, node, cancellationToken);
        var shown = Render(found);
        // What can't be written down is not shown.
        await commands.AskGridManagerAsync(new NoteTokenShown { Grid = grid, Node = found.Name }, cancellationToken);
        return shown;
    }

    private static Reply Render(Node node) => node.Token is { } token
        ? Reply.Ok(new NodeTokenJson($"{node.Grid}/{node.Name}", token), KontenaResponseJson.Wire.NodeTokenJson)
        : throw HttpRefusal.NotFound("Host node does not have a node token");

    private static async Task<IResult> ResetAsync(
        string grid, string node, HttpContext http, Commands commands, SnapshotReader reader, CancellationToken cancellationToken)
    {
        await reader.GridAsync(grid, cancellationToken);
        var found = await reader.NodeAsync(grid, node, cancellationToken);
        var request = await RequestBody.ReadAsync(http, KontenaResponseJson.Wire.NodeTokenRequest);
        await commands.AskGridManagerAsync(
            new ResetNodeToken { Grid = grid, Node = found.Name, Token = request.Token, ResetConnection = request.ResetConnection ?? false, TokenSeconds = request.ExpiresIn },
            cancellationToken);
        return Render(await reader.NodeAsync(grid, found.Name, cancellationToken));
    }

    private static async Task<IResult> ClearAsync(
        string grid, string node, HttpContext http, Commands commands, SnapshotReader reader, CancellationToken cancellationToken)
    {
        await reader.GridAsync(grid, cancellationToken);
        var found = await reader.NodeAsync(grid, node, cancellationToken);
        var request = await RequestBody.ReadAsync(http, KontenaResponseJson.Wire.NodeTokenRequest);
        await commands.AskGridManagerAsync(new ResetNodeToken { Grid = grid, Node = found.Name, Clear = true, ResetConnection = request.ResetConnection ?? false }, cancellationToken);
        return Reply.Empty;
    }
}
