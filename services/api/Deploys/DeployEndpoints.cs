using Kontena.Api.Auth;
using Kontena.Api.Http;
using Kontena.Api.Snapshots;
using Kontena.Contracts.Deploys;
using Kontena.Contracts.Http;

namespace Kontena.Api.Deploys;

/// <summary>How a deploy is getting on. Clients ask every second.</summary>
internal static class DeployEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/services/{grid}/{stack}/{service}/deploys/{id}", OfServiceAsync)
            .WithFacts("showServiceDeploy", Need.GridUser)
            .Produces<ServiceDeployJson>().WithSummary("One deploy of a service").WithTags("deploys");
        routes.MapGet("/v1/stacks/{grid}/{stack}/deploys/{id}", OfStackAsync)
            .WithFacts("showStackDeploy", Need.GridUser)
            .Produces<StackDeployJson>().WithSummary("One deploy of a stack").WithTags("deploys");
        routes.MapPost("/v1/services/{grid}/{stack}/{service}/deploys/{id}/cancel", CancelOneAsync)
            .WithFacts("cancelDeploy", Need.GridUser).Refuses(422, "The deploy has ended")
            .Produces<ServiceDeployJson>().WithSummary("End one deploy; instances under way finish, the others stay as they are").WithTags("deploys");
        routes.MapPost("/v1/services/{grid}/{stack}/{service}/cancel", CancelAsync)
            .WithFacts("cancelServiceDeploys", Need.GridUser).Refuses(422, "No deploy of it is under way")
            .Produces<ServiceDeployJson>().WithSummary("End every deploy of a service that has not ended").WithTags("deploys");
        routes.MapPost("/v1/stacks/{grid}/{stack}/cancel", CancelStackAsync)
            .WithFacts("cancelStackDeploys", Need.GridUser).Refuses(422, "No deploy of it is under way")
            .Produces<StackDeployJson>().WithSummary("End every deploy of a stack that has not ended").WithTags("deploys");
    }

    private static Task<IResult> CancelOneAsync(
        string grid, string stack, string service, string id, HttpContext http, Commands commands, SnapshotReader reader, CancellationToken cancellationToken) =>
        EndAsync(http, commands, reader, grid, stack, service, id, cancellationToken);

    private static Task<IResult> CancelAsync(
        string grid, string stack, string service, HttpContext http, Commands commands, SnapshotReader reader, CancellationToken cancellationToken) =>
        EndAsync(http, commands, reader, grid, stack, service, null, cancellationToken);

    private static async Task<IResult> EndAsync(
        HttpContext http, Commands commands, SnapshotReader reader, string grid, string stack, string service, string? id, CancellationToken cancellationToken)
    {
        await reader.GridAsync(grid, cancellationToken);
        await reader.ServiceAsync(grid, stack, service, cancellationToken);
        var command = new CancelDeploy { Grid = grid, Stack = stack, Service = service, DeployId = id, By = http.SignedIn().User.Email };
        var cancelled = await commands.AskSchedulerAsync(grid, command, cancellationToken);
        var deploy = await reader.ServiceDeployAsync(grid, cancelled ?? "", cancellationToken);
        return Reply.Ok(DeployRendering.Render(deploy), KontenaResponseJson.Wire.ServiceDeployJson);
    }

    private static async Task<IResult> CancelStackAsync(
        string grid, string stack, HttpContext http, Commands commands, SnapshotReader reader, CancellationToken cancellationToken)
    {
        await reader.GridAsync(grid, cancellationToken);
        await reader.StackAsync(grid, stack, cancellationToken);
        var cancelled = await commands.AskSchedulerAsync(grid, new CancelStackDeploy { Grid = grid, Stack = stack, By = http.SignedIn().User.Email }, cancellationToken);
        var deploy = await reader.StackDeployAsync(grid, cancelled ?? "", cancellationToken);
        return Reply.Ok(await RenderAsync(reader, deploy, cancellationToken), KontenaResponseJson.Wire.StackDeployJson);
    }

    public static async Task<StackDeployJson> RenderAsync(SnapshotReader reader, StackDeploy deploy, CancellationToken cancellationToken) =>
        DeployRendering.Render(deploy, await reader.ServiceDeploysAsync(deploy.Grid, deploy.ServiceDeployIds, cancellationToken));

    private static async Task<IResult> OfServiceAsync(
        string grid, string stack, string service, string id, SnapshotReader reader, CancellationToken cancellationToken)
    {
        await reader.GridAsync(grid, cancellationToken);
        var deploy = await reader.ServiceDeployAsync(grid, id, cancellationToken);
        if (deploy.Stack != stack || deploy.Service != service)
            throw HttpRefusal.NotFound();
        return Reply.Ok(DeployRendering.Render(deploy), KontenaResponseJson.Wire.ServiceDeployJson);
    }

    private static async Task<IResult> OfStackAsync(
        string grid, string stack, string id, SnapshotReader reader, CancellationToken cancellationToken)
    {
        await reader.GridAsync(grid, cancellationToken);
        var deploy = await reader.StackDeployAsync(grid, id, cancellationToken);
        if (deploy.Stack != stack)
            throw HttpRefusal.NotFound();
        return Reply.Ok(await RenderAsync(reader, deploy, cancellationToken), KontenaResponseJson.Wire.StackDeployJson);
    }
}
