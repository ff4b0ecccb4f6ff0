using System.Text.Json;
using Kontena.Api.Deploys;
using Kontena.Contracts;
using Kontena.Contracts.Deploys;
using Kontena.Contracts.Http;
using Kontena.Contracts.Services;

namespace Kontena.Api.Services;

/// <summary>Kept revisions as the API shows them.</summary>
internal static class RevisionRendering
{
    private const string Instances = "instances";

    public static RevisionsJson Render(Service service, IReadOnlyList<ServiceRevision> newestFirst, IReadOnlyList<ServiceDeploy> deploys)
    {
        var byNumber = newestFirst.ToDictionary(one => one.Revision);
        return new RevisionsJson([.. newestFirst.Select(one => new RevisionJson
        {
            Revision = one.Revision,
            Current = one.Revision == service.Revision,
            CreatedAt = one.CreatedAt,
            Cause = one.Cause,
            Image = one.Spec.Image,
            StackRevision = one.StackRevision,
            Changes = byNumber.TryGetValue(one.Revision - 1, out var before) ? Changes(before.Spec, one.Spec) : [],
            Deploy = deploys.FirstOrDefault(deploy => deploy.ServiceRevision == one.Revision) is { } last
                ? new RevisionDeployJson(last.Id, DeployRendering.StateOf(last.State), last.Reason)
                : null,
        })]);
    }

    /// <summary>The newest earlier revision that was deployed successfully and is something else than the service is now; null without one.</summary>
    public static int? LastGood(Service service, IReadOnlyList<ServiceRevision> newestFirst, IReadOnlyList<ServiceDeploy> deploys) =>
        newestFirst.FirstOrDefault(one => one.Revision < service.Revision
            && deploys.Any(deploy => deploy.ServiceRevision == one.Revision && deploy is { State: DeployState.Success, RepairOnly: false })
            && Changes(one.Spec, service.Spec).Any(field => field != Instances))?.Revision;

    private static IReadOnlyList<string> Changes(ServiceSpec before, ServiceSpec after)
    {
        var (older, newer) = (Fields(before), Fields(after));
        return [.. older.Keys.Union(newer.Keys)
            .Where(name => older.GetValueOrDefault(name) != newer.GetValueOrDefault(name))
            .Order(StringComparer.Ordinal)
            .Select(JsonNamingPolicy.SnakeCaseLower.ConvertName)];
    }

    private static Dictionary<string, string> Fields(ServiceSpec spec) =>
        JsonSerializer.SerializeToElement(spec, KontenaJson.Default.ServiceSpec).EnumerateObject()
            .ToDictionary(field => field.Name, field => field.Value.GetRawText());
}
