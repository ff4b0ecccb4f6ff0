using Kontena.Contracts.Instances;
using Kontena.NodeAgent.Instances.Steps;
using Kontena.NodeAgent.Orders;

namespace Kontena.NodeAgent.Instances;

/// <summary>The next steps of an instance that is started once (<see cref="InstanceSpec.RunOnce"/>): whatever happens, not a second time. Pure.</summary>
/// <remarks>Its start is noted on disk before it is made, so that a run whose container has vanished is known for one that had begun.</remarks>
internal static class RunOncePlan
{
    /// <summary>The note of the start, among the order's one-shot hooks.</summary>
    public const string Mark = "run once";

    /// <summary>How long an ended container stays at least, for its output to be read.</summary>
    private static readonly TimeSpan Reading = TimeSpan.FromSeconds(5);

    /// <summary>Wanted to run.</summary>
    public static InstancePlan Running(InstanceOrder order, ContainerSight? seen, InstanceMemory memory, DateTimeOffset now)
    {
        var spec = order.Spec!;
        if (seen is { Running: true })
            return WhileRunning(spec.RunOnce!, seen, spec.StopGracePeriod, now);
        if (IsOver(order, seen))
        {
            return IsTold(order, seen, memory) ? InstancePlan.Nothing : new InstancePlan([new NoteEnd(seen!)]);
        }

        if (memory.RetryAt > now)
            return InstancePlan.Wait(memory.RetryAt.Value);
        return seen is null ? Create(spec, memory) : new InstancePlan([new MarkBegun(), new StartContainer(seen.Id)]);
    }

    /// <summary>It ran, or could not be started; nothing more will come.</summary>
    public static bool IsOver(InstanceOrder order, ContainerSight? seen) => order.Spec?.RunOnce is not null && (seen is null
        ? order.HooksDone.Contains(Mark)
        : !seen.Running && (seen.StartedAt is not null || seen.EngineError.Length > 0));

    /// <summary>It is over, and if it failed its last lines have been read: its end is told once, with its reason.</summary>
    public static bool IsTold(InstanceOrder order, ContainerSight? seen, InstanceMemory memory) =>
        IsOver(order, seen) && (seen is not { StartedAt: not null } || seen.ExitCode == 0 || memory.NotedExit == Start.Of(seen));

    /// <summary>Why it is over without an exit code; null when it has one, or is not over.</summary>
    public static string? Problem(InstanceOrder? order, ContainerSight? seen)
    {
        if (order is not { Desired: not DesiredState.Removed } || !IsOver(order, seen))
            return null;
        return seen is null ? "its container has gone, how it ended is not known"
            : seen.StartedAt is null ? $"could not be started: {seen.EngineError}"
            : null;
    }

    /// <summary>Until when an ended container is kept from its removal; null when it may go.</summary>
    public static DateTimeOffset? HeldUntil(InstanceOrder order, ContainerSight? seen, DateTimeOffset now) =>
        order.Spec?.RunOnce is not null && seen is { Running: false, StartedAt: not null, FinishedAt: { } finished } && finished <= now && now - finished < Reading
            ? finished + Reading
            : null;

    private static InstancePlan WhileRunning(RunOnce once, ContainerSight seen, int grace, DateTimeOffset now)
    {
        if (once.Timeout is not { } seconds || seen.StartedAt is not { } started)
            return InstancePlan.Nothing;
        var until = started + TimeSpan.FromSeconds(seconds);
        return until > now ? InstancePlan.Wait(until) : new InstancePlan([new StopContainer(seen.Id, grace)]);
    }

    private static InstancePlan Create(InstanceSpec spec, InstanceMemory memory)
    {
        List<InstanceStep> steps = [];
        if (memory.Image?.IsFor(spec) != true)
            steps.Add(new PullImage(spec.Image, spec.DeployRev, spec.ImagePin));
        if (spec.Secrets.Count > 0)
            steps.Add(new OpenSecrets());
        if (spec.Net == "bridge")
            steps.Add(new EnsureNetwork(spec.Grid));
        if (spec.Volumes.Any(mount => mount.Volume is not null))
            steps.Add(new EnsureVolumes());
        steps.AddRange([new CreateContainer(spec.Name), new MarkBegun(), new StartContainer(null)]);
        return new InstancePlan(steps);
    }
}
