using Kontena.Contracts.Deploys;
using Kontena.Contracts.Http;

namespace Kontena.Api.Deploys;

/// <summary>Deploy documents as the API shows them (rest-api.md §11.5, §12.6).</summary>
internal static class DeployRendering
{
    private const string NoReason = "the deploy failed without a reason on record";

    public static ServiceDeployJson Render(ServiceDeploy deploy) => new()
    {
        Id = deploy.Id,
        CreatedAt = deploy.CreatedAt,
        QueuedAt = deploy.QueuedAt,
        StartedAt = deploy.StartedAt,
        FinishedAt = deploy.FinishedAt,
        ServiceId = $"{deploy.Grid}/{deploy.Stack}/{deploy.Service}",
        State = StateOf(deploy.State),
        Reason = deploy.State == DeployState.Error ? deploy.Reason ?? NoReason : deploy.Reason,
        InstanceCount = deploy.InstanceCount,
        ImageDigest = deploy.Image?.Pin,
        ServiceRevision = deploy.ServiceRevision,
        InstanceDeploys = [.. deploy.InstanceDeploys.OrderBy(one => one.Number).Select(one => new InstanceDeployJson(
            one.Number, one.Node, StateOf(one.State), one.State == DeployState.Error ? one.Error ?? NoReason : one.Error))],
    };

    public static StackDeployJson Render(StackDeploy deploy, IReadOnlyList<ServiceDeploy> services) => new()
    {
        Id = deploy.Id,
        StackId = $"{deploy.Grid}/{deploy.Stack}",
        CreatedAt = deploy.CreatedAt,
        State = StateOf(deploy.State),
        Reason = deploy.Reason,
        ServiceDeploys = [.. services.Select(Render)],
    };

    public static string StateOf(DeployState state) => state switch
    {
        DeployState.Ongoing => "ongoing",
        DeployState.Success => "success",
        DeployState.Error => "error",
        _ => "created",
    };
}
