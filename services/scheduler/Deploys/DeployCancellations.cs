using Kontena.Contracts.Commands;
using Kontena.Contracts.Deploys;
using Kontena.Scheduler.InstanceSpecs;
using Kontena.Scheduler.Snapshots;

namespace Kontena.Scheduler.Deploys;

/// <summary>People end deploys. It is only written down here that they want it; <see cref="DeployStateMachine"/> ends them.</summary>
internal static class DeployCancellations
{
    public static CommandResult OfService(GridDraft draft, CancelDeploy command, DateTimeOffset now)
    {
        var name = InstanceNames.Path(draft.Name, command.Stack, command.Service);
        var all = DeployQueue.Of(draft, command.Stack, command.Service).ToList();
        if (command.DeployId is { } id)
        {
            if (all.Find(one => one.Id == id) is not { } asked)
                return CommandResult.NotFound($"service {name} has no deploy {id}");
            if (DeployQueue.IsFinished(asked.State))
                return Refused($"deploy {id} of {name} has ended already, in {Text(asked.State)}; there is nothing to cancel");
            all = [asked];
        }

        var open = all.Where(one => !DeployQueue.IsFinished(one.State)).OrderBy(one => one.Id, StringComparer.Ordinal).ToList();
        if (open.Count == 0)
            return Refused($"no deploy of {name} is under way; there is nothing to cancel");
        foreach (var deploy in open)
            Cancel(draft, deploy, command.By, now);
        return CommandResult.Done((open.Find(one => one.State == DeployState.Ongoing) ?? open[0]).Id);
    }

    public static CommandResult OfStack(GridDraft draft, CancelStackDeploy command, DateTimeOffset now)
    {
        var open = draft.StackDeploys.Values
            .Where(one => one.Stack == command.Stack && !DeployQueue.IsFinished(one.State))
            .OrderBy(one => one.Id, StringComparer.Ordinal)
            .ToList();
        if (open.Count == 0)
            return Refused($"no deploy of stack {draft.Name}/{command.Stack} is under way; there is nothing to cancel");
        foreach (var deploy in open)
        {
            draft.StackDeploys.Put(deploy with { Cancellation = deploy.Cancellation ?? new DeployCancellation(command.By, now) });
            var parts = deploy.ServiceDeployIds.Select(draft.ServiceDeploys.Find).OfType<ServiceDeploy>();
            foreach (var part in parts.Where(one => !DeployQueue.IsFinished(one.State)))
                Cancel(draft, part, command.By, now);
        }

        return CommandResult.Done(open[0].Id);
    }

    private static void Cancel(GridDraft draft, ServiceDeploy deploy, string by, DateTimeOffset now)
    {
        if (deploy.Cancellation is null)
            draft.ServiceDeploys.Put(deploy with { Cancellation = new DeployCancellation(by, now) });
    }

    private static CommandResult Refused(string reason) => CommandResult.Refused(new FieldError([], reason));

    private static string Text(DeployState state) => state.ToString().ToLowerInvariant();
}
