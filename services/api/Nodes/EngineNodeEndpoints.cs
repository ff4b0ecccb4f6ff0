using System.Security.Cryptography;
using System.Text;
using Kontena.Api.Http;
using Kontena.Api.Snapshots;
using Kontena.Api.Stats;
using Kontena.Contracts.Grids;
using Kontena.Contracts.Http;
using Kontena.Contracts.Nodes;

namespace Kontena.Api.Nodes;

/// <summary>A node by its engine's id, for the machine itself: the token of the grid in a header stands for a login (rest-api.md §10.2, the last row).</summary>
internal static class EngineNodeEndpoints
{
    private const string Prefix = "/v1/nodes/";
    private const string TokenHeader = "Kontena-Grid-Token";
    private const int LongestToken = 256;

    public static void Map(IEndpointRouteBuilder routes)
    {
        const string From = "the grid token in the header " + TokenHeader;
        routes.MapGet(Prefix + "{engineId}", ShowAsync).WithFacts("showNodeByEngine", Need.Node, From).Refuses(404, Unknown).Refuses(503, Away)
            .Produces<NodeJson>().WithSummary("The node of an engine").WithTags("nodes");
        routes.MapPut(Prefix + "{engineId}", UpdateAsync).WithFacts("updateNodeByEngine", Need.Node, From).Refuses(404, Unknown).Refuses(503, Away)
            .Produces<NodeJson>().WithMetadata(new BodyOf(typeof(NodeRequest))).WithSummary("Change the labels of the node of an engine").WithTags("nodes");
    }

    private const string Unknown = "The header has no token of a grid, or the grid has no node with such an engine";
    private const string Away = "The state store, or grid-manager, does not answer";

    /// <summary>Paths with one segment after <c>nodes</c>: they take no bearer token.</summary>
    public static bool IsPath(string path) =>
        path.Length > Prefix.Length && path.StartsWith(Prefix, StringComparison.Ordinal) && path.IndexOf('/', Prefix.Length) < 0;

    private static async Task<IResult> ShowAsync(
        string engineId, HttpContext http, SnapshotReader reader, StatsReader stats, TimeProvider time, CancellationToken cancellationToken)
    {
        var node = await FindAsync(engineId, http, reader, cancellationToken);
        return await NodeEndpoints.AnswerAsync(node.Grid, node.Name, http, reader, stats, time, cancellationToken);
    }

    private static async Task<IResult> UpdateAsync(
        string engineId, HttpContext http, Commands commands, SnapshotReader reader, StatsReader stats, TimeProvider time, CancellationToken cancellationToken)
    {
        var node = await FindAsync(engineId, http, reader, cancellationToken);
        var request = await RequestBody.ReadAsync(http, KontenaResponseJson.Wire.NodeRequest);
        // Nothing but labels: whether a machine takes work is for people to say.
        await commands.AskGridManagerAsync(new UpdateNode { Grid = node.Grid, Node = node.Name, Labels = request.Labels }, cancellationToken);
        return await NodeEndpoints.AnswerAsync(node.Grid, node.Name, http, reader, stats, time, cancellationToken);
    }

    private static async Task<Node> FindAsync(string engineId, HttpContext http, SnapshotReader reader, CancellationToken cancellationToken)
    {
        // Without a token there is nothing to look for, and strangers cost us no reading.
        if (http.Request.Headers[TokenHeader] is not [{ Length: > 0 and <= LongestToken } token])
            throw HttpRefusal.NotFound();
        var grid = GridOf(await reader.GridsAsync(cancellationToken), token) ?? throw HttpRefusal.NotFound();
        return await reader.FindNodeOfEngineAsync(grid.Name, engineId, cancellationToken) ?? throw HttpRefusal.NotFound("Node not found");
    }

    /// <summary>Compares hashes in constant time, and with every grid: how long it takes says nothing of the token.</summary>
    internal static Grid? GridOf(IReadOnlyList<Grid> grids, string token)
    {
        var presented = SHA256.HashData(Encoding.UTF8.GetBytes(token));
        Grid? found = null;
        foreach (var grid in grids)
        {
            if (CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(grid.Token)), presented))
                found = grid;
        }

        return found;
    }
}
