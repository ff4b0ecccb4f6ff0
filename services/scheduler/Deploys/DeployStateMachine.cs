using Kontena.Contracts.Deploys;
using Kontena.Contracts.Instances;
using Kontena.Contracts.Services;
using Kontena.Scheduler.InstanceSpecs;
using Kontena.Scheduler.Instances;
using Kontena.Scheduler.Snapshots;
using Kontena.Scheduler.Volumes;

namespace Kontena.Scheduler.Deploys;

/// <summary>The one place where a service deploy changes its state. It always ends; the table is in README.md.</summary>
/// <remarks>
/// created → ongoing: no other deploy of the service is ongoing.
/// created → error: the service is gone or not running, or it was cancelled.
/// ongoing → ongoing: reports arrived, instances were ordered.
/// ongoing → success: every wanted instance runs this deploy and is ready.
/// ongoing → error: an instance failed, no node was found, time is up, the service was stopped or removed, it was cancelled or superseded.
/// ongoing → ongoing, with a rollback: it failed and brings back an earlier revision; then error, whatever becomes of that.
/// success, error: final.
/// </remarks>
internal static class DeployStateMachine
{
    /// <summary>Moves every unfinished deploy as far as it goes now.</summary>
    public static void Advance(GridDraft draft, Func<string, DateTimeOffset?> heardOf, DateTimeOffset now, Func<string> newId)
    {
        var open = draft.ServiceDeploys.By(Groupings.OpenDeploys).Of(Groupings.All).Values
            .OrderBy(deploy => deploy.State == DeployState.Ongoing ? 0 : 1).ThenBy(deploy => deploy.Id, StringComparer.Ordinal)
            .ToList();
        var busy = new HashSet<string>(StringComparer.Ordinal);
        var again = false;
        foreach (var deploy in open)
        {
            if (deploy is { State: DeployState.Created, Cancellation: null } && busy.Contains(deploy.ServiceUid))
                continue;
            var after = deploy.Rollback is null ? Step(draft, deploy, heardOf, now, newId) : Follow(draft, deploy, now, newId);
            again |= after.Rollback?.DeployId is not null && deploy.Rollback?.DeployId is null;
            // One that waits for the deploy of its rollback must not stand in that one's way.
            if (!DeployQueue.IsFinished(after.State) && after.Rollback?.DeployId is null)
                busy.Add(deploy.ServiceUid);
        }

        // The deploys that rollbacks have just asked for; each asks once, so this comes to its end.
        if (again)
            Advance(draft, heardOf, now, newId);
    }

    private static ServiceDeploy Follow(GridDraft draft, ServiceDeploy deploy, DateTimeOffset now, Func<string> newId)
    {
        var service = draft.Service(deploy.Stack, deploy.Service, deploy.ServiceUid);
        return Keep(draft, deploy, DeployRollbacks.Advance(draft, deploy, service, now, newId));
    }

    private static ServiceDeploy Step(
        GridDraft draft, ServiceDeploy deploy, Func<string, DateTimeOffset?> heardOf, DateTimeOffset now, Func<string> newId)
    {
        var service = draft.Service(deploy.Stack, deploy.Service, deploy.ServiceUid);
        if (deploy.AcceptDataLoss && service is { RemovedAt: null, State: ServiceState.Running })
            DataLoss.Accept(draft, service, now);
        var own = draft.InstancesOf(deploy.ServiceUid);
        var image = service is null ? deploy.Image : ImagePinning.Of(draft, deploy, service, own);
        var run = draft.Runs.Find(CompletionPlanner.RunId(deploy.Id));
        var view = new RolloutView
        {
            Deploy = deploy with { StartedAt = deploy.State == DeployState.Created ? now : deploy.StartedAt, Image = image },
            Service = service,
            Own = own,
            ObservedOf = draft.ObservedOf,
            Scene = draft.Scene,
            HeardOf = heardOf,
            Run = run,
            Now = now,
        };
        var step = CompletionPlanner.IsFor(service, run) ? CompletionPlanner.Plan(view) : RolloutPlanner.Plan(view);

        foreach (var surplus in step.Surplus)
            InstanceChanges.TakeDown(draft, surplus, park: surplus.Spec is { Stateful: true }, now);
        if (step.Vacate is { } vacated)
            InstanceChanges.Release(draft, vacated, now);
        if (step.Run is not null)
            draft.Runs.Put(step.Run);
        foreach (var turn in step.Begin)
        {
            var existing = draft.InstancesOf(deploy.ServiceUid).FirstOrDefault(one => one.Number == turn.Number);
            InstanceChanges.Place(draft, service!, existing, turn.Number, turn.Node, deploy.DeployRev, now, newId, ImagePinning.For(image, service!));
        }

        var after = Changed(deploy, step, service, image, now);
        if (after is not null && step.End is { State: DeployState.Error } end && service is not null)
            after = DeployRollbacks.Begin(draft, after, end, service, now);
        return after is null ? deploy : Keep(draft, deploy, after);
    }

    private static ServiceDeploy Keep(GridDraft draft, ServiceDeploy deploy, ServiceDeploy after)
    {
        if (after == deploy)
            return deploy;
        draft.ServiceDeploys.Put(after);
        if (after.State != deploy.State)
        {
            var name = InstanceNames.Path(deploy.Grid, deploy.Stack, deploy.Service);
            draft.Note($"deploy {deploy.Id} of {name}: {Text(deploy.State)} → {Text(after.State)}"
                + (after.Reason is null ? $", {after.InstanceCount} instances" : $", {after.Reason}"));
        }

        if (DeployQueue.IsFinished(after.State))
            DeployQueue.Trim(draft, deploy.Stack, deploy.Service);
        return after;
    }

    private static ServiceDeploy? Changed(ServiceDeploy deploy, RolloutStep step, Service? service, PinnedImage? image, DateTimeOffset now)
    {
        // A deploy that never began has no start: clients tell aborted ones by that (rest-api.md §23).
        var began = deploy.StartedAt is not null || (service is { State: ServiceState.Running, RemovedAt: null } && deploy.Cancellation is null);
        var after = deploy with
        {
            State = step.End?.State ?? DeployState.Ongoing,
            Reason = step.End?.Reason ?? step.Waiting,
            Unplaceable = step.End?.Unplaceable ?? false,
            StartedAt = began ? deploy.StartedAt ?? now : null,
            FinishedAt = step.End is null ? null : now,
            InstanceCount = step.Count,
            InstanceDeploys = step.Instances,
            ServiceRevision = service?.Revision ?? deploy.ServiceRevision,
            Image = image,
            FirstRevision = deploy.FirstRevision ?? (began ? service?.Revision : null),
        };
        var same = after.State == deploy.State && after.Reason == deploy.Reason && after.InstanceCount == deploy.InstanceCount
            && after.ServiceRevision == deploy.ServiceRevision && after.Image == deploy.Image && after.InstanceDeploys.SequenceEqual(deploy.InstanceDeploys);
        return same ? null : after;
    }

    private static string Text(DeployState state) => state.ToString().ToLowerInvariant();
}
