using Kontena.Api.Http;
using Kontena.Api.Snapshots;
using Kontena.Contracts.Http;

namespace Kontena.Api.Containers;

/// <summary>Containers as nodes report them (rest-api.md §13.1–13.5).</summary>
internal static class ContainerEndpoints
{
    private static readonly QueryParameter All = new("all", QueryType.Presence, "Also those that do not run");
    private static readonly Absence NoQuestion = new(
        "This version of the master can't ask the engine of a node for that. See kontena container show NODE/NAME, or run docker on the node");

    public static void Map(IEndpointRouteBuilder routes)
    {
        var containers = routes.MapGroup("/v1").WithTags("containers");
        containers.MapGet("/containers/{grid}", ListAsync).WithFacts("listContainers", Need.GridUser).Reads(All).Produces<ContainersJson>()
            .WithSummary("Running containers of a grid; all of them with ?all=1");
        containers.MapGet("/containers/{grid}/{node}/{name}", ShowAsync).WithFacts("showContainer", Need.GridUser).Produces<ContainerJson>()
            .WithSummary("One container");
        containers.MapGet("/containers/{grid}/{node}/{name}/inspect", NotByThisVersionAsync).WithFacts("inspectContainer", Need.GridUser)
            .IsAbsent(NoQuestion);
        containers.MapGet("/containers/{grid}/{node}/{name}/top", NotByThisVersionAsync).WithFacts("listProcesses", Need.GridUser)
            .IsAbsent(NoQuestion);
        containers.MapGet("/services/{grid}/{stack}/{service}/containers", OfServiceAsync).WithFacts("listServiceContainers", Need.GridUser)
            .Produces<ContainersJson>()
            .WithSummary("The containers of a service");
    }

    private static async Task<IResult> ListAsync(string grid, HttpContext http, SnapshotReader reader, CancellationToken cancellationToken)
    {
        var snapshot = await reader.WholeAsync(await reader.GridAsync(grid, cancellationToken), cancellationToken);
        var all = All.IsSet(http);
        return Answer(snapshot, snapshot.Containers().Where(one => all || one.IsRunning));
    }

    private static async Task<IResult> ShowAsync(
        string grid, string node, string name, SnapshotReader reader, CancellationToken cancellationToken)
    {
        var snapshot = await reader.WholeAsync(await reader.GridAsync(grid, cancellationToken), cancellationToken);
        return Reply.Ok(ContainerRendering.Render(Find(snapshot, node, name), snapshot), KontenaResponseJson.Wire.ContainerJson);
    }

    private static async Task<IResult> OfServiceAsync(
        string grid, string stack, string service, SnapshotReader reader, CancellationToken cancellationToken)
    {
        var found = await reader.GridAsync(grid, cancellationToken);
        var wanted = await reader.ServiceAsync(grid, stack, service, cancellationToken);
        var snapshot = await reader.OfServiceAsync(found, wanted, cancellationToken);
        return Answer(snapshot, snapshot.ContainersOf(wanted));
    }

    /// <summary>By the node's name or engine id, and the container's name.</summary>
    public static SeenInstance Find(GridSnapshot snapshot, string node, string name) =>
        snapshot.Containers().FirstOrDefault(one => (one.Observed.Node == node || one.Observed.NodeId == node) && one.ContainerName == name)
        ?? throw HttpRefusal.NotFound();

    /// <summary>The node protocol has no question for it yet.</summary>
    private static async Task<IResult> NotByThisVersionAsync(
        string grid, string node, string name, SnapshotReader reader, CancellationToken cancellationToken)
    {
        Find(await reader.WholeAsync(await reader.GridAsync(grid, cancellationToken), cancellationToken), node, name);
        throw new HttpRefusal(NoQuestion.Status,
            $"This version of the master can't ask the engine of {node} for that. See kontena container show {node}/{name}, or run docker on {node}");
    }

    private static Reply Answer(GridSnapshot snapshot, IEnumerable<SeenInstance> containers) =>
        Reply.Ok(new ContainersJson([.. containers.Select(one => ContainerRendering.Render(one, snapshot))]),
            KontenaResponseJson.Wire.ContainersJson);
}
