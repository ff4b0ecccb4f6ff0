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
            .Produces<ServiceDeployJson>().WithSummary("One deploy of a service").WithTags("deploys");
        routes.MapGet("/v1/stacks/{grid}/{stack}/deploys/{id}", OfStackAsync)
            .Produces<StackDeployJson>().WithSummary("One deploy of a stack").WithTags("deploys");
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
