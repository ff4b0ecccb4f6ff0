using Kontena.Api.Deploys;
using Kontena.Api.Http;
using Kontena.Api.Snapshots;
using Kontena.Contracts.Deploys;
using Kontena.Contracts.Http;
using Kontena.Contracts.Services;

namespace Kontena.Api.Services;

/// <summary>What a service was, and how it becomes that again.</summary>
internal static class RevisionEndpoints
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var service = routes.MapGroup("/v1/services/{grid}/{stack}/{service}").WithTags("services");
        service.MapGet("/revisions", ListAsync).WithFacts("listRevisions", Need.GridUser).Produces<RevisionsJson>()
            .WithSummary("The kept revisions, newest first");
        service.MapPost("/rollback", RollbackAsync).WithFacts("rollBackService", Need.GridUser).Produces<ServiceDeployJson>()
            .WithMetadata(new BodyOf(typeof(RollbackRequest)))
            .WithSummary("Make an earlier revision the newest again and deploy it");
    }

    private static async Task<IResult> ListAsync(
        string grid, string stack, string service, SnapshotReader reader, CancellationToken cancellationToken)
    {
        await reader.GridAsync(grid, cancellationToken);
        var found = await reader.ServiceAsync(grid, stack, service, cancellationToken);
        var revisions = await reader.RevisionsOfAsync(found, cancellationToken);
        var deploys = await reader.DeploysOfAsync(found, cancellationToken);
        return Reply.Ok(RevisionRendering.Render(found, revisions, deploys), KontenaResponseJson.Wire.RevisionsJson);
    }

    private static async Task<IResult> RollbackAsync(
        string grid, string stack, string service, HttpContext http, Commands commands, SnapshotReader reader, CancellationToken cancellationToken)
    {
        await reader.GridAsync(grid, cancellationToken);
        var found = await reader.ServiceAsync(grid, stack, service, cancellationToken);
        var request = await RequestBody.ReadAsync(http, KontenaResponseJson.Wire.RollbackRequest);
        var revision = request.Revision ?? RevisionRendering.LastGood(
            found, await reader.RevisionsOfAsync(found, cancellationToken), await reader.DeploysOfAsync(found, cancellationToken));
        if (revision is null)
        {
            throw HttpRefusal.Invalid("revision",
                $"{grid}/{stack}/{service} has no earlier revision that was deployed successfully and differs from the present one; name one of those kept");
        }

        await commands.AskGridManagerAsync(
            new RollbackService { Grid = grid, Stack = stack, Service = service, ToRevision = revision.Value }, cancellationToken);
        var id = await commands.AskSchedulerAsync(grid, new DeployService { Grid = grid, Stack = stack, Service = service }, cancellationToken);
        var deploy = await reader.ServiceDeployAsync(grid, id ?? "", cancellationToken);
        return Reply.Ok(DeployRendering.Render(deploy), KontenaResponseJson.Wire.ServiceDeployJson);
    }
}
