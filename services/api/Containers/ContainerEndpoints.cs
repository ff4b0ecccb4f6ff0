using Kontena.Api.Http;
using Kontena.Api.Snapshots;
using Kontena.Contracts.Exec;
using Kontena.Contracts.Http;

namespace Kontena.Api.Containers;

/// <summary>Containers as nodes report them (rest-api.md §13.1–13.5).</summary>
internal static class ContainerEndpoints
{
    private static readonly QueryParameter All = new("all", QueryType.Presence, "Also those that do not run");
    private const string Silent = "The container's node is away, or does not answer within 10 s";
    private const string Failed = "The node's engine refuses, for example because the container does not run; or the answer is over 1 MB";

    public static void Map(IEndpointRouteBuilder routes)
    {
        var containers = routes.MapGroup("/v1").WithTags("containers");
        containers.MapGet("/containers/{grid}", ListAsync).WithFacts("listContainers", Need.GridUser).Reads(All).Produces<ContainersJson>()
            .WithSummary("Running containers of a grid; all of them with ?all=1");
        containers.MapGet("/containers/{grid}/{node}/{name}", ShowAsync).WithFacts("showContainer", Need.GridUser).Produces<ContainerJson>()
            .WithSummary("One container");
        containers.MapGet("/containers/{grid}/{node}/{name}/inspect", InspectAsync).WithFacts("inspectContainer", Need.GridUser)
            .Refuses(500, Failed).Refuses(503, Silent)
            .WithSummary("What the node's engine says of a container; values of its environment that come from elsewhere than service, image and platform read ***");
        containers.MapGet("/containers/{grid}/{node}/{name}/top", TopAsync).WithFacts("listProcesses", Need.GridUser)
            .Refuses(500, Failed).Refuses(503, Silent)
            .WithSummary("The processes of a container: an object for each, by the titles of the engine's columns");
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

    private static async Task<IResult> InspectAsync(
        string grid, string node, string name, ContainerQuestions questions, CancellationToken cancellationToken) =>
        new Reply(StatusCodes.Status200OK, await questions.AskAsync(grid, node, name, ContainerQuestion.Inspect, cancellationToken));

    private static async Task<IResult> TopAsync(
        string grid, string node, string name, ContainerQuestions questions, CancellationToken cancellationToken) =>
        new Reply(StatusCodes.Status200OK, await questions.AskAsync(grid, node, name, ContainerQuestion.Top, cancellationToken));

    private static Reply Answer(GridSnapshot snapshot, IEnumerable<SeenInstance> containers) =>
        Reply.Ok(new ContainersJson([.. containers.Select(one => ContainerRendering.Render(one, snapshot))]),
            KontenaResponseJson.Wire.ContainersJson);
}
