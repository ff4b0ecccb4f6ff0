using Kontena.Contracts.Commands;
using Kontena.Contracts.Deploys;
using Kontena.Contracts.Instances;
using Kontena.Contracts.Jobs;
using Kontena.Contracts.Messaging;
using Kontena.Contracts.Services;
using Kontena.Scheduler.Deploys;
using Kontena.Scheduler.Events;
using Kontena.Scheduler.InstanceSpecs;
using Kontena.Scheduler.Instances;
using Kontena.Scheduler.Jobs;
using Kontena.Scheduler.Leases;
using Kontena.Scheduler.Names;
using Kontena.Scheduler.Nodes;
using Kontena.Scheduler.Repair;
using Kontena.Scheduler.Snapshots;
using Kontena.Scheduler.Volumes;
using Kontena.State;

namespace Kontena.Scheduler.Shards;

/// <summary>Takes what arrived into a draft and decides everything that follows from it. No store, no clock, no bus.</summary>
internal static class GridReconciler
{
    /// <summary>Stack deploys step at most once per round, so this bounds how many services of a stack can end within one commit.</summary>
    private const int Rounds = 100;

    private static readonly TimeSpan PruneEvery = TimeSpan.FromMinutes(1);

    /// <returns>One answer per input, in their order; null where nobody waits for one.</returns>
    public static IReadOnlyList<CommandResult?> Apply(
        GridDraft draft, GridSnapshot before, IReadOnlyList<GridInput> inputs, GridMemory memory, DateTimeOffset now, Func<string> newId)
    {
        foreach (var input in inputs.OfType<GridInput.Heartbeat>())
            memory.TakePeaks(input.Beat, now);
        draft.Peaks = memory.Peaks;

        var answers = new CommandResult?[inputs.Count];
        for (var at = 0; at < inputs.Count; at++)
            answers[at] = Take(draft, memory, inputs[at], now, newId);

        // Before the deploys: what no longer waits for its successor makes room for them.
        Succession.Run(draft, now);
        Deploys(draft, memory, now, newId);
        ServiceUpkeep.Run(draft, memory, now);
        RunUpkeep.Run(draft, memory, now);
        if (draft.Runs.Journal.Any(one => one.After is { DeployId: not null } run && ServiceRun.IsEnded(run.State)))
        {
            // Who waited for its end goes on at once.
            Deploys(draft, memory, now, newId);
            RunUpkeep.Run(draft, memory, now);
        }

        VolumeUpkeep.Run(draft, memory, now);
        if (inputs.Any(input => input is GridInput.Sweep { IsEarly: false } || IsOfLiveness(input)))
            Sweep(draft, memory, now, newId);

        NamesPublication.Run(draft, memory, inputs, now);
        foreach (var input in inputs.OfType<GridInput.Heartbeat>())
            LeaseRenewal.Answer(draft, memory, input.Beat, now);

        // While reports are coming in, digests differ for good reasons; the next heartbeat is two seconds away.
        if (!draft.Observed.IsChanged)
        {
            foreach (var input in inputs.OfType<GridInput.Heartbeat>())
                ReportIntake.Heartbeat(draft, memory, before, input.Beat, now);
        }

        draft.TellAll(GridEvents.Of(draft), newId, now);
        return answers;
    }

    private static void Deploys(GridDraft draft, GridMemory memory, DateTimeOffset now, Func<string> newId)
    {
        for (var round = 0; round < Rounds; round++)
        {
            DeployStateMachine.Advance(draft, memory.HeardOf, now, newId);
            if (!StackDeployPlanner.Advance(draft, now, newId))
                break;
        }
    }

    // What a lost node had should not wait for the timer.
    private static bool IsOfLiveness(GridInput input) =>
        input is GridInput.FactChanged { Fact.Kind: var kind } && kind == StateKeys.NodeLiveness.Name;

    private static void Sweep(GridDraft draft, GridMemory memory, DateTimeOffset now, Func<string> newId)
    {
        Renames.Run(draft);
        OrderRepair.Run(draft, memory, now);
        VolumeUpkeep.Sweep(draft, memory, now);
        AutomaticDeploys.Run(draft, memory, now, newId);
        Rebalances.Run(draft, memory, now, newId);
        DeployStateMachine.Advance(draft, memory.HeardOf, now, newId);
        Leftovers.Run(draft, now);
        RunUpkeep.Sweep(draft, memory, now);
        NodeDrains.Run(draft, now);
        if (memory.IsDue("prune", 0, DateTimeOffset.MinValue, now, PruneEvery, PruneEvery))
        {
            memory.Prune(id => draft.Instances.Find(id) is not null, now);
            memory.Settled.Prune(draft);
        }
    }

    private static CommandResult? Take(GridDraft draft, GridMemory memory, GridInput input, DateTimeOffset now, Func<string> newId)
    {
        switch (input)
        {
            case GridInput.Deploy(var id, var command):
                return Deploy(draft, id, command, now);
            case GridInput.DeployAll(var id, var command):
                return DeployAll(draft, id, command, now);
            case GridInput.Cancel(var command):
                return DeployCancellations.OfService(draft, command, now);
            case GridInput.CancelAll(var command):
                return DeployCancellations.OfStack(draft, command, now);
            case GridInput.Rebalance(var command):
                return Rebalances.Ask(draft, command, now, newId);
            case GridInput.Restart(var command):
                return Restart(draft, command, now);
            case GridInput.Release(var command):
                return Release(draft, command, now);
            case GridInput.Start(var id, var command):
                return RunRequests.Start(draft, command, id, now);
            case GridInput.Stop(var command):
                return RunRequests.Stop(draft, command, now);
            case GridInput.Report(var observed):
                ReportIntake.Observe(draft, memory, observed, now);
                return null;
            case GridInput.VolumeReport(var observed):
                VolumeIntake.Observe(draft, memory, observed, now);
                return null;
            case GridInput.Synced(var node):
                ReportIntake.Reconcile(draft, memory, node, now);
                return null;
            default:
                return null;
        }
    }

    private static CommandResult Deploy(GridDraft draft, string id, DeployService command, DateTimeOffset now)
    {
        if (Find(draft, command.Stack, command.Service) is not { } service)
            return NoService(command.Grid, command.Stack, command.Service);
        return CommandResult.Done(DeployQueue.Request(draft, service, id, now, acceptDataLoss: command.AcceptDataLoss));
    }

    private static CommandResult DeployAll(GridDraft draft, string id, DeployStack command, DateTimeOffset now)
    {
        var missing = command.Services.FirstOrDefault(name => Find(draft, command.Stack, name) is null);
        if (missing is not null)
            return NoService(command.Grid, command.Stack, missing);
        if (StackDeployPlanner.Unfinished(draft, command.Stack) >= DeployLimits.StackDeploys)
        {
            return CommandResult.Refused(new FieldError([],
                $"{DeployLimits.StackDeploys} deploys of stack {command.Grid}/{command.Stack} are unfinished; wait for one to end"));
        }

        StackDeployPlanner.Request(draft, command.Stack, command.Services, id, now);
        return CommandResult.Done(id);
    }

    private static CommandResult Restart(GridDraft draft, RestartService command, DateTimeOffset now)
    {
        if (Find(draft, command.Stack, command.Service) is not { } service)
            return NoService(command.Grid, command.Stack, command.Service);
        foreach (var instance in draft.InstancesOf(service.Uid).Where(one => one is { Desired: DesiredState.Running, NodeId: not null }))
            draft.Send(Destination.Node(instance.NodeId!), new RestartInstance { InstanceId = instance.Id, RequestedAt = now });
        return CommandResult.Done();
    }

    private static CommandResult Release(GridDraft draft, ReleaseInstance command, DateTimeOffset now)
    {
        if (draft.Instances.Find(command.InstanceId) is not { Desired: not DesiredState.Removed } instance)
            return CommandResult.NotFound($"instance {command.InstanceId} is not in grid {command.Grid}");
        InstanceChanges.Release(draft, instance, now);
        return CommandResult.Done(instance.Id);
    }

    private static Service? Find(GridDraft draft, string stack, string name) =>
        draft.Services.Find(Service.DocumentId(stack, name)) is { RemovedAt: null } service ? service : null;

    private static CommandResult NoService(string grid, string stack, string name) =>
        CommandResult.NotFound($"service {InstanceNames.Path(grid, stack, name)} is not there");
}
