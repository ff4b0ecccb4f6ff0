using Kontena.Contracts.Instances;
using Kontena.Docker;
using Kontena.NodeAgent.Instances;
using Kontena.NodeAgent.Instances.Steps;
using Kontena.NodeAgent.Orders;
using Kontena.Simulation.Tests.Time;

namespace Kontena.Simulation.Tests.Nodes;

/// <summary>What a step works on, and what it leaves behind.</summary>
internal sealed class StepState
{
    public required InstanceOrder Order { get; set; }
    public ContainerSight? Seen { get; set; }
    public required InstanceMemory Memory { get; set; }
    public bool Stale { get; set; }
}

/// <summary>How long each step takes on a simulated machine, and what comes of it.</summary>
/// <remarks>Images behave by name: <c>gone:*</c> can't be pulled, <c>crash:*</c> exits at once, <c>never:*</c> never gets ready, <c>slow:*</c> takes
/// half a minute to pull, <c>stubborn:*</c> ignores its stop signal; all others are well. Run once, <c>crash:*</c> ends with code 3, <c>never:*</c> never ends, and all others
/// end well after some seconds.</remarks>
internal sealed class StepEffects(World world, Machine machine, Agent agent)
{
    private readonly Dice _dice = world.Dice.Fork();

    public static bool IsEngineCall(InstanceStep step) =>
        step is PullImage or EnsureNetwork or EnsureVolumes or CreateContainer or StartContainer or StopContainer or RemoveContainer or RestartContainer or RenameContainer
            or RemoveDataVolumes or RunHook;

    public TimeSpan Duration(InstanceStep step, StepState state) => step switch
    {
        PullImage pull when Is(pull.Image, "slow") && !machine.Engine.Images.Contains(pull.Image) => _dice.Seconds(20, 40),
        PullImage pull when !machine.Engine.Images.Contains(pull.Image) => _dice.Milliseconds(200, 1500),
        AwaitReady when Is(state.Order.Spec!.Image, "never") => TimeSpan.FromSeconds(300),
        AwaitReady => AwaitReady.Settling,
        StopContainer stop when Is(state.Order.Spec?.Image, "stubborn") => TimeSpan.FromSeconds(stop.GraceSeconds),
        StopContainer or StartContainer or RestartContainer => _dice.Milliseconds(50, 400),
        CreateContainer or RemoveContainer or RenameContainer => _dice.Milliseconds(20, 100),
        _ => _dice.Milliseconds(1, 20),
    };

    /// <summary>False when the plan has to be made anew.</summary>
    public bool Carry(InstanceStep step, StepState state)
    {
        switch (step)
        {
            case PullImage pull:
                return Pull(pull, state);
            case EnsureVolumes:
                return Ensure(state);
            case CreateContainer create:
                return Create(create, state);
            case StartContainer start:
                return Start(start, state);
            case StopContainer stop:
                Stop(stop, state);
                return true;
            case RemoveContainer remove:
                Remove(remove, state);
                return true;
            case RestartContainer restart:
                Restart(restart, state);
                return true;
            case RenameContainer rename:
                return Rename(rename, state);
            case AwaitReady:
                return Settle(state);
            case NoteFailedSuccessor failed:
                Note(failed, state);
                return true;
            case NoteExit exit:
                Note(exit, state);
                return true;
            case MarkBegun:
                if (agent.Find(state.Order.InstanceId) is { } begun && !begun.HooksDone.Contains(RunOncePlan.Mark))
                    agent.WriteAtOnce(begun with { HooksDone = [.. begun.HooksDone, RunOncePlan.Mark] });
                return true;
            case NoteEnd end:
                state.Memory = state.Memory with { NotedExit = NodeAgent.Instances.Start.Of(end.Ended), Error = $"exited with code {end.Ended.ExitCode}" };
                return true;
            case RemoveDataVolumes:
                return RemoveData(state);
            case ConfirmRemoval confirm:
                if (agent.Find(state.Order.InstanceId) is { Done: false, Desired: DesiredState.Removed } known && known.Generation == confirm.Generation)
                    agent.Write(known with { Done = true });
                return true;
            default:
                return true;
        }
    }

    private bool Pull(PullImage pull, StepState state)
    {
        if (Is(pull.Image, "gone"))
            return Fail(state, $"image {pull.Image} was not found");
        machine.Engine.Images.Add(pull.Image);
        var details = new ImageDetails("sha256:" + pull.Image, [], [], [], state.Order.Spec!.Stateful ? ["/data"] : []);
        state.Memory = state.Memory with { Image = new ResolvedImage(pull.DeployRev, details) };
        var kept = state.Seen is { } seen && seen.DeployRev != pull.DeployRev && seen.ServiceRevision == state.Order.Spec.ServiceRevision
            && seen.ImageId == details.Id;
        if (kept && agent.Find(state.Order.InstanceId) is { } known && known.Spec?.DeployRev == pull.DeployRev)
            agent.Write(known with { Kept = new KeptImage(pull.DeployRev, details.Id) });
        return true;
    }

    private bool Ensure(StepState state)
    {
        var own = state.Order.InstanceId;
        foreach (var (_, volume) in DataVolumes.Of(state.Order.Spec!, state.Memory.Image?.Details))
        {
            if (machine.Engine.Volumes.TryGetValue(volume, out var there) && there.InstanceId != own && agent.Find(own) is { } order
                && !order.AdoptedVolumes.Contains(volume))
            {
                var former = agent.Orders.FirstOrDefault(other => other.InstanceId == there.InstanceId);
                if (former is { Desired: not DesiredState.Removed })
                    return Fail(state, $"volume {volume} holds data of instance {former.InstanceId}");
                if (former is { Done: false })
                    return Retry(state, TimeSpan.FromSeconds(1));
                agent.Write(order with { AdoptedVolumes = [.. order.AdoptedVolumes, volume] });
            }

            machine.Engine.EnsureVolume(volume, state.Order.Spec!, own);
        }

        return true;
    }

    private bool Create(CreateContainer create, StepState state)
    {
        var order = state.Order;
        var imageId = state.Memory.Image?.Details.Id ?? "";
        if (machine.Engine.Create(order.Spec!, create.Name, order.InstanceId, order.Generation, imageId, machine.Now) is { } made)
        {
            state.Seen = made.Sight();
            return true;
        }

        var holder = machine.Engine.Find(create.Name)!;
        if (holder.InstanceId == order.InstanceId)
        {
            state.Seen = holder.Sight();
            return false;
        }

        return agent.Find(holder.InstanceId) is { Desired: DesiredState.Removed }
            ? Retry(state, TimeSpan.FromSeconds(1))
            : Fail(state, $"the name {create.Name} is taken by instance {holder.InstanceId}");
    }

    private bool Start(StartContainer start, StepState state)
    {
        var id = start.ContainerId ?? state.Seen?.Id;
        if (machine.Engine.Containers.FirstOrDefault(one => one.Id == id) is not { } container)
        {
            state.Stale = true;
            return Retry(state, TimeSpan.FromSeconds(1));
        }

        if (machine.Engine.Start(container, machine.Now) is { } refusal)
        {
            state.Stale = true;
            return Fail(state, refusal);
        }

        if (Is(container.Spec.Image, "crash"))
            world.Timeline.After(_dice.Milliseconds(50, 800), null, () => machine.Crash(container, 3));
        else if (container.Spec.RunOnce is not null && !Is(container.Spec.Image, "never"))
            world.Timeline.After(_dice.Seconds(0, 15), null, () => machine.Crash(container, 0));
        state.Seen = container.Sight();
        return true;
    }

    private void Stop(StopContainer stop, StepState state)
    {
        if (machine.Engine.Containers.FirstOrDefault(one => one.Id == stop.ContainerId) is { } container)
            machine.Engine.Stop(container, machine.Now, 0);
        if (state.Seen is not { } seen || seen.Id != stop.ContainerId)
            return;
        state.Memory = state.Memory with { NotedExit = NodeAgent.Instances.Start.Of(seen), Ready = null };
        state.Seen = seen with { Running = false, State = "exited", Pid = 0, Address = null };
        state.Stale = true;
    }

    private void Remove(RemoveContainer remove, StepState state)
    {
        if (machine.Engine.Containers.FirstOrDefault(one => one.Id == remove.ContainerId) is { } container)
            machine.Engine.Remove(container, machine.Now);
        if (state.Seen?.Id == remove.ContainerId)
            (state.Seen, state.Stale) = (null, false);
    }

    private void Restart(RestartContainer restart, StepState state)
    {
        if (machine.Engine.Containers.FirstOrDefault(one => one.Id == restart.ContainerId) is { } container)
        {
            machine.Engine.Stop(container, machine.Now, 0);
            machine.Engine.Start(container, machine.Now);
            state.Seen = container.Sight();
        }

        state.Memory = state.Memory with { Restarts = state.Memory.Restarts + 1, Ready = null };
    }

    private bool Settle(StepState state)
    {
        if (state.Seen is not { Running: true } seen)
            return true;
        if (Is(state.Order.Spec!.Image, "never"))
            return Fail(state, "port 80 accepted no connection within 300 s");
        var now = machine.Engine.Containers.FirstOrDefault(one => one.Id == seen.Id)?.Sight();
        state.Seen = now;
        if (now is not { Running: true } || NodeAgent.Instances.Start.Of(now) != NodeAgent.Instances.Start.Of(seen))
            return true;
        var start = NodeAgent.Instances.Start.Of(now);
        state.Memory = state.Memory with { Ready = start, Served = start, Error = null, RetryAt = null, FailuresInARow = 0 };
        return true;
    }

    private bool Rename(RenameContainer rename, StepState state)
    {
        if (machine.Engine.Containers.FirstOrDefault(one => one.Id == rename.ContainerId) is not { } container || !machine.Engine.Rename(container, rename.Name))
        {
            state.Stale = true;
            return Retry(state, TimeSpan.FromSeconds(1));
        }

        world.Trace.Note(agent.Process, "has taken over", rename.Name);
        if (state.Seen is { } seen && seen.Id == rename.ContainerId)
            state.Seen = seen with { Name = rename.Name };
        return true;
    }

    private void Note(NoteFailedSuccessor failed, StepState state) => state.Memory = state.Memory with
    {
        FailedSuccessors = state.Memory.FailedSuccessors + 1,
        RetryAt = machine.Now + Backoff.AfterFailure(state.Memory.FailedSuccessors),
        Error = failed.Reason ?? $"container exited with code {failed.Successor.ExitCode}",
    };

    private static void Note(NoteExit exit, StepState state)
    {
        var exited = exit.Exited;
        var memory = state.Memory;
        var finished = exited.FinishedAt ?? exited.CreatedAt;
        var (history, pause) = memory.History.After($"exited with code {exited.ExitCode}", finished, finished - (exited.StartedAt ?? finished));
        state.Memory = memory with
        {
            NotedExit = NodeAgent.Instances.Start.Of(exited), Ready = null, History = history, Restarts = memory.Restarts + 1,
            RetryAt = finished + pause, Error = $"container exited with code {exited.ExitCode}",
        };
    }

    private bool RemoveData(StepState state)
    {
        var own = state.Order.InstanceId;
        foreach (var volume in machine.Engine.Volumes.Values.Where(one => one.InstanceId == own || state.Order.AdoptedVolumes.Contains(one.Name)).ToList())
        {
            var taken = agent.Orders.Any(other => other.InstanceId != own && other.AdoptedVolumes.Contains(volume.Name)
                && other is not { Desired: DesiredState.Removed, RemoveData: true });
            if (!taken)
                machine.Engine.RemoveVolume(volume.Name);
        }

        return true;
    }

    private bool Fail(StepState state, string reason)
    {
        state.Memory = state.Memory with
        {
            FailuresInARow = state.Memory.FailuresInARow + 1,
            RetryAt = machine.Now + Backoff.AfterFailure(state.Memory.FailuresInARow),
            Error = reason,
        };
        return false;
    }

    private bool Retry(StepState state, TimeSpan after)
    {
        state.Memory = state.Memory with { RetryAt = machine.Now + after };
        return false;
    }

    private static bool Is(string? image, string kind) => image?.StartsWith(kind, StringComparison.Ordinal) == true;
}
