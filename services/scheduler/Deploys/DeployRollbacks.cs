using Kontena.Contracts.Deploys;
using Kontena.Contracts.Messaging;
using Kontena.Contracts.Services;
using Kontena.Scheduler.Snapshots;

namespace Kontena.Scheduler.Deploys;

/// <summary>A failed deploy brings back the newest revision that was deployed successfully, when its service asks for that
/// (<c>deploy.on_failure: rollback</c>). It ends, in error, once that is done.</summary>
/// <remarks>
/// Only grid-manager writes services: it is asked for the revision, and a deploy of its own rolls it out. That deploy causes no further
/// rollback, nor does any other of a revision that a rollback made: there is no circle.
/// </remarks>
internal static class DeployRollbacks
{
    public const string OnFailure = "rollback";

    /// <summary>Without the revision this long after the failure it ends without.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(15);

    /// <summary>The deploy that has failed: what it becomes instead of ending now; or the same end with a reason why not.</summary>
    public static ServiceDeploy Begin(GridDraft draft, ServiceDeploy failed, RolloutEnd end, Service service, DateTimeOffset now)
    {
        if (!IsWanted(draft, failed, end, service))
            return failed;
        if (LastGood(draft, service) is not { } good)
        {
            return failed with
            {
                Reason = DeployLimits.Clip($"not rolled back, as no earlier revision was deployed successfully; {failed.Reason}"),
            };
        }

        Ask(draft, failed, service.Revision, good);
        return failed with
        {
            State = DeployState.Ongoing,
            FinishedAt = null,
            Reason = DeployLimits.Clip($"rolling back to revision {good}; {failed.Reason}"),
            Rollback = new DeployRollback(good, failed.Reason ?? "", now, now),
        };
    }

    /// <summary>The next step of one that is bringing back a revision.</summary>
    public static ServiceDeploy Advance(GridDraft draft, ServiceDeploy deploy, Service? service, DateTimeOffset now, Func<string> newId)
    {
        var rollback = deploy.Rollback!;
        if (rollback.DeployId is { } id)
        {
            var other = draft.ServiceDeploys.Find(id);
            return other switch
            {
                null => End(deploy, $"the rollback to revision {rollback.ToRevision} is not on record any more", now),
                { State: DeployState.Success } => End(deploy, $"rolled back to revision {rollback.ToRevision}", now),
                { State: DeployState.Error } => End(deploy, $"the rollback to revision {rollback.ToRevision} failed too ({other.Reason})", now),
                _ => deploy,
            };
        }

        if (service is not { RemovedAt: null, State: ServiceState.Running })
            return End(deploy, "not rolled back, as the service is not running", now);
        if (service.RolledBack is { } made && made.DeployId == deploy.Id && made.Revision == service.Revision)
        {
            var begun = DeployQueue.Request(draft, service, newId(), now, automatic: true, rollbackOf: deploy.Id);
            return deploy with { Rollback = rollback with { DeployId = begun } };
        }

        if (service.Revision != deploy.ServiceRevision)
            return End(deploy, $"not rolled back, as the service was changed to revision {service.Revision} meanwhile", now);
        if (deploy.Cancellation is { } cancellation)
            return End(deploy, $"not rolled back, as {cancellation.By} cancelled it", now);
        if (now - rollback.Since > Patience)
        {
            return End(deploy,
                $"not rolled back, as revision {rollback.ToRevision} was not there within {Patience.TotalSeconds:0} s: "
                + "it is not kept any more, what it links to is gone, or grid-manager is away", now);
        }

        if (now - rollback.AskedAt < AskAgain)
            return deploy;
        Ask(draft, deploy, service.Revision, rollback.ToRevision);
        return deploy with { Rollback = rollback with { AskedAt = now } };
    }

    // Who got this revision out once has another trouble now than the revision.
    private static bool IsWanted(GridDraft draft, ServiceDeploy failed, RolloutEnd end, Service service) =>
        service is { RemovedAt: null, State: ServiceState.Running, Spec.DeployOnFailure: OnFailure }
        && end.State == DeployState.Error
        && failed is { Cancellation: null, SupersededBy: null, RepairOnly: false, RollbackOf: null, InstanceDeploys.Count: > 0 }
        && service.RolledBack?.Revision != service.Revision
        && !Good(draft, service).Any(one => one.ServiceRevision == service.Revision);

    private static int? LastGood(GridDraft draft, Service service) =>
        Good(draft, service).Where(one => one.ServiceRevision < service.Revision).Max(one => one.ServiceRevision);

    private static IEnumerable<ServiceDeploy> Good(GridDraft draft, Service service) =>
        DeployQueue.Of(draft, service.Stack, service.Name)
            .Where(one => one is { State: DeployState.Success, RepairOnly: false } && one.ServiceUid == service.Uid);

    private static void Ask(GridDraft draft, ServiceDeploy deploy, int from, int to) => draft.Send(Destination.GridManager, new RollbackService
    {
        Grid = deploy.Grid, Stack = deploy.Stack, Service = deploy.Service, ToRevision = to, FromRevision = from, DeployId = deploy.Id,
    });

    private static ServiceDeploy End(ServiceDeploy deploy, string outcome, DateTimeOffset now) => deploy with
    {
        State = DeployState.Error,
        FinishedAt = now,
        Reason = DeployLimits.Clip($"{outcome}; {deploy.Rollback!.Failure}"),
    };
}
