using Kontena.Contracts.Deploys;
using Kontena.Contracts.Services;
using Kontena.Scheduler.Snapshots;

namespace Kontena.Scheduler.Deploys;

/// <summary>Asking for deploys. At most one waits per service: a request that finds one waiting is answered with that one, for it will
/// roll out the newest spec when its turn comes (runtime.md §9.1 D3). A person's request supersedes an ongoing deploy that began with an
/// older revision: what it still has to do would be undone at once.</summary>
internal static class DeployQueue
{
    /// <summary>The id of the deploy that will carry the request out.</summary>
    public static string Request(
        GridDraft draft, Service service, string id, DateTimeOffset now,
        bool automatic = false, string? stackDeployId = null, bool repairOnly = false, string? rollbackOf = null, bool acceptDataLoss = false)
    {
        var all = Of(draft, service.Stack, service.Name).Where(deploy => deploy.ServiceUid == service.Uid).ToList();
        if (all.Find(deploy => (deploy is { State: DeployState.Created, Cancellation: null }) || deploy.Id == id) is { } waiting)
        {
            if (!automatic)
                Supersede(draft, all, service, waiting.Id);
            // A person's wish is more than repair: what is run by deploys is run by this one.
            var asked = waiting with { AcceptDataLoss = waiting.AcceptDataLoss || acceptDataLoss, Automatic = waiting.Automatic && automatic };
            if (asked != waiting)
                draft.ServiceDeploys.Put(asked);
            return waiting.Id;
        }

        if (!automatic)
            Supersede(draft, all, service, id);

        draft.ServiceDeploys.Put(new ServiceDeploy
        {
            Id = id,
            Grid = draft.Name,
            Stack = service.Stack,
            Service = service.Name,
            ServiceUid = service.Uid,
            State = DeployState.Created,
            DeployRev = DeployRevision.Next(all.Max(deploy => deploy.DeployRev), now),
            CreatedAt = now,
            QueuedAt = now,
            InstanceCount = service.Spec.Instances,
            StackDeployId = stackDeployId,
            Automatic = automatic,
            RepairOnly = repairOnly,
            RollbackOf = rollbackOf,
            AcceptDataLoss = acceptDataLoss,
        });
        return id;
    }

    private static void Supersede(GridDraft draft, List<ServiceDeploy> all, Service service, string by)
    {
        var older = all.Where(one => one is { State: DeployState.Ongoing, SupersededBy: null } && one.FirstRevision < service.Revision);
        foreach (var ongoing in older.Where(one => one.Id != by))
            draft.ServiceDeploys.Put(ongoing with { SupersededBy = by });
    }

    /// <summary>All of the service's name, in the order of their ids.</summary>
    public static IEnumerable<ServiceDeploy> Of(GridDraft draft, string stack, string service) =>
        draft.ServiceDeploys.By(Groupings.OfService).Of(Contracts.Services.Service.DocumentId(stack, service)).Values;

    public static bool IsFinished(DeployState state) => state is DeployState.Success or DeployState.Error;

    /// <summary>Forgets the oldest finished deploys of a service beyond <see cref="DeployLimits.Kept"/>.</summary>
    public static void Trim(GridDraft draft, string stack, string service)
    {
        var surplus = Of(draft, stack, service)
            .Where(deploy => IsFinished(deploy.State))
            .OrderByDescending(deploy => deploy.Id, StringComparer.Ordinal)
            .Skip(DeployLimits.Kept)
            .ToList();
        foreach (var deploy in surplus)
            draft.ServiceDeploys.Delete(deploy.Id);
    }
}
