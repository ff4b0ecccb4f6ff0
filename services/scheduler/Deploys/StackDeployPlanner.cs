using Kontena.Contracts.Deploys;
using Kontena.Contracts.Services;
using Kontena.Scheduler.Snapshots;

namespace Kontena.Scheduler.Deploys;

/// <summary>Deploys the services of a stack one after another; the first that fails ends the stack's deploy with its reason (rest-api.md
/// §11.5).</summary>
internal static class StackDeployPlanner
{
    public static void Request(GridDraft draft, string stack, IReadOnlyList<string> services, string id, DateTimeOffset now)
    {
        if (draft.StackDeploys.Find(id) is not null)
            return;
        draft.StackDeploys.Put(new StackDeploy
        {
            Id = id,
            Grid = draft.Name,
            Stack = stack,
            State = DeployState.Created,
            Services = services,
            CreatedAt = now,
        });
    }

    public static int Unfinished(GridDraft draft, string stack) =>
        draft.StackDeploys.By(Groupings.OpenStackDeploys).Of(Groupings.All).Values.Count(deploy => deploy.Stack == stack);

    /// <summary>Whether any stack deploy moved; then the service deploys it asked for want to move too.</summary>
    public static bool Advance(GridDraft draft, DateTimeOffset now, Func<string> newId)
    {
        var open = draft.StackDeploys.By(Groupings.OpenStackDeploys).Of(Groupings.All).Values;
        var moved = false;
        foreach (var deploy in open)
        {
            var after = Step(draft, deploy, now, newId);
            if (after == deploy)
                continue;
            moved = true;
            draft.StackDeploys.Put(after);
            if (after.State != deploy.State)
            {
                draft.Note($"deploy {deploy.Id} of stack {deploy.Grid}/{deploy.Stack}: {Text(deploy.State)} → {Text(after.State)}"
                    + (after.Reason is null ? "" : $", {after.Reason}"));
            }

            if (DeployQueue.IsFinished(after.State))
                Trim(draft, deploy.Stack);
        }

        return moved;
    }

    private static StackDeploy Step(GridDraft draft, StackDeploy deploy, DateTimeOffset now, Func<string> newId)
    {
        var begun = deploy.ServiceDeployIds.Count;
        if (begun > 0)
        {
            var last = draft.ServiceDeploys.Find(deploy.ServiceDeployIds[^1]);
            if (last is not null && !DeployQueue.IsFinished(last.State))
                return deploy;
            if (last is not { State: DeployState.Success })
            {
                return End(deploy, DeployState.Error, now,
                    $"{deploy.Services[begun - 1]}: {last?.Reason ?? "its deploy is gone; deploy the stack again"}");
            }
        }

        if (begun >= deploy.Services.Count)
            return End(deploy, DeployState.Success, now, null);
        if (deploy.Cancellation is { } cancellation)
            return End(deploy, DeployState.Error, now, $"cancelled by {cancellation.By}: {begun} of {deploy.Services.Count} services were deployed");

        var name = deploy.Services[begun];
        if (draft.Services.Find(Service.DocumentId(deploy.Stack, name)) is not { RemovedAt: null } service)
            return End(deploy, DeployState.Error, now, $"{name}: service {deploy.Grid}/{deploy.Stack}/{name} is not there any more");
        if (StackDependencies.Unmet(draft, service) is { } unmet)
        {
            var since = begun == 0 ? deploy.CreatedAt : draft.ServiceDeploys.Find(deploy.ServiceDeployIds[^1])?.FinishedAt ?? deploy.CreatedAt;
            return now - since > DeployLimits.Instance
                ? End(deploy, DeployState.Error, now, $"{name}: {unmet}, and was not within {DeployLimits.Instance.TotalSeconds:0} s")
                : deploy with { State = DeployState.Ongoing, Reason = DeployLimits.Clip($"waiting: {name} {unmet}") };
        }

        var id = DeployQueue.Request(draft, service, newId(), now, stackDeployId: deploy.Id);
        return deploy with { State = DeployState.Ongoing, Reason = null, ServiceDeployIds = [.. deploy.ServiceDeployIds, id] };
    }

    private static StackDeploy End(StackDeploy deploy, DeployState state, DateTimeOffset now, string? reason) =>
        deploy with { State = state, Reason = reason is null ? null : DeployLimits.Clip(reason), FinishedAt = now };

    private static void Trim(GridDraft draft, string stack)
    {
        var surplus = draft.StackDeploys.Values
            .Where(deploy => deploy.Stack == stack && DeployQueue.IsFinished(deploy.State))
            .OrderByDescending(deploy => deploy.Id, StringComparer.Ordinal)
            .Skip(DeployLimits.Kept)
            .ToList();
        foreach (var deploy in surplus)
            draft.StackDeploys.Delete(deploy.Id);
    }

    private static string Text(DeployState state) => state.ToString().ToLowerInvariant();
}
