using Kontena.Api.Auth;
using Kontena.Api.Http;
using Kontena.Api.PublicBus;
using Kontena.Api.Snapshots;
using Kontena.Api.Stats;
using Kontena.Contracts.Http;
using Kontena.Contracts.Networking;
using Kontena.Contracts.Nodes;

namespace Kontena.Api.Nodes;

/// <summary>Nodes (rest-api.md §10).</summary>
internal static class NodeEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var nodes = routes.MapGroup("/v1").WithTags("nodes");
        nodes.MapGet("/grids/{grid}/nodes", ListAsync).WithFacts("listNodes", Need.GridUser).Produces<NodesJson>().WithSummary("The nodes of a grid");
        nodes.MapGet("/nodes/{grid}/{node}", ShowAsync).WithFacts("showNode", Need.GridUser).Produces<NodeJson>().WithSummary("One node");
        nodes.MapPost("/nodes/{grid}/{node}/rotate-key", RotateKeyAsync).WithFacts("rotateNodeKey", Need.GridAdmin)
            .Refuses(422, "The node takes no key").WithSummary("Let a node take another WireGuard key");
        nodes.MapPut("/nodes/{grid}/{node}", UpdateAsync).WithFacts("updateNode", Need.GridUser).Produces<NodeJson>()
            .WithMetadata(new BodyOf(typeof(NodeRequest)))
            .WithSummary("Change labels or availability");
        nodes.MapDelete("/nodes/{grid}/{node}", DeleteAsync).WithFacts("removeNode", Need.GridUser)
            .Refuses(422, "The node can not be removed now; the error says why").WithSummary("Forget a node");
        nodes.MapGet("/nodes/{grid}/{node}/health", HealthAsync).WithFacts("checkNodeHealth", Need.GridUser).Refuses(422, "The node is not connected")
            .Produces<NodeHealthJson>().WithSummary("Whether a node is there");
    }

    private static async Task<IResult> ListAsync(
        string grid, HttpContext http, SnapshotReader reader, StatsReader stats, TimeProvider time, CancellationToken cancellationToken)
    {
        var snapshot = await reader.OfNodesAsync(await reader.GridAsync(grid, cancellationToken), cancellationToken);
        var latest = await stats.LatestAsync(grid, cancellationToken);
        return Reply.Ok(new NodesJson([.. snapshot.Nodes.Select(node => NodeRendering.Render(node, snapshot, latest, time.GetUtcNow(), ViewerCheck.MayHaveTokens(http)))]),
            KontenaResponseJson.Wire.NodesJson);
    }

    private static async Task<IResult> ShowAsync(
        string grid, string node, HttpContext http, SnapshotReader reader, StatsReader stats, TimeProvider time, CancellationToken cancellationToken)
    {
        var found = await reader.GridAsync(grid, cancellationToken);
        return await AnswerAsync(found.Name, (await reader.NodeAsync(grid, node, cancellationToken)).Name, http, reader, stats, time, cancellationToken);
    }

    private static async Task<IResult> UpdateAsync(
        string grid, string node, HttpContext http, Commands commands, SnapshotReader reader, StatsReader stats, TimeProvider time, CancellationToken cancellationToken)
    {
        await reader.GridAsync(grid, cancellationToken);
        var found = await reader.NodeAsync(grid, node, cancellationToken);
        var request = await RequestBody.ReadAsync(http, KontenaResponseJson.Wire.NodeRequest);
        // Whoever has the grid's token joins in its place next.
        if (request.ForgetAgent is true && !Need.GridAdmin.IsMetBy(http.SignedIn().User, grid))
            throw Denial.OfGrid.Refusal;
        await commands.AskGridManagerAsync(
            new UpdateNode
            {
                Grid = grid, Node = found.Name, Labels = request.Labels, Availability = request.Availability, ForgetAgent = request.ForgetAgent ?? false,
            }, cancellationToken);
        return await AnswerAsync(grid, found.Name, http, reader, stats, time, cancellationToken);
    }

    private static async Task<IResult> RotateKeyAsync(string grid, string node, Commands commands, SnapshotReader reader, CancellationToken cancellationToken)
    {
        await reader.GridAsync(grid, cancellationToken);
        var found = await reader.NodeAsync(grid, node, cancellationToken);
        await commands.AskGridManagerAsync(new RotateNodeKey { Grid = grid, Node = found.Name }, cancellationToken);
        return Reply.Empty;
    }

    private static async Task<IResult> DeleteAsync(
        string grid, string node, Commands commands, SnapshotReader reader, CancellationToken cancellationToken)
    {
        await reader.GridAsync(grid, cancellationToken);
        var found = await reader.NodeAsync(grid, node, cancellationToken);
        await commands.AskGridManagerAsync(new RemoveNode { Grid = grid, Node = found.Name, NodeId = found.NodeId }, cancellationToken);
        return Reply.Empty;
    }

    private static async Task<IResult> HealthAsync(string grid, string node, SnapshotReader reader, CancellationToken cancellationToken)
    {
        var found = await reader.GridAsync(grid, cancellationToken);
        var name = (await reader.NodeAsync(grid, node, cancellationToken)).Name;
        var snapshot = await reader.OfNodesAsync(found, cancellationToken);
        if (!snapshot.IsConnected(name))
        {
            throw HttpRefusal.Invalid("connection", snapshot.Liveness.GetValueOrDefault(name)?.DisconnectedAt is { } since
                ? $"Node {name} is not connected: disconnected at {HttpTimes.Zulu(since)}"
                : $"Node {name} is not connected: never connected");
        }

        return Reply.Ok(NodeRendering.RenderHealth(snapshot.NodeNamed(name) ?? throw HttpRefusal.NotFound(), snapshot),
            KontenaResponseJson.Wire.NodeHealthJson);
    }

    internal static async Task<IResult> AnswerAsync(
        string grid, string node, HttpContext http, SnapshotReader reader, StatsReader stats, TimeProvider time, CancellationToken cancellationToken)
    {
        var snapshot = await reader.OfNodesAsync(await reader.GridAsync(grid, cancellationToken), cancellationToken);
        var found = snapshot.NodeNamed(node) ?? throw HttpRefusal.NotFound();
        var latest = await stats.LatestAsync(grid, cancellationToken);
        var rendered = NodeRendering.Render(found, snapshot, latest, time.GetUtcNow(), ViewerCheck.MayHaveTokens(http));
        return Reply.Ok(rendered with { Data = await reader.DataOnAsync(found, cancellationToken) }, KontenaResponseJson.Wire.NodeJson);
    }
}
