using Kontena.Contracts.Instances;
using Kontena.Contracts.Jobs;
using Kontena.Contracts.Nodes;

namespace Kontena.Scheduler.Jobs;

/// <summary>What is known of a run whose node was told of it.</summary>
/// <param name="Observed">What that node said last; null when nothing yet.</param>
/// <param name="Node">What is believed of it; null when it is no node of the grid any more.</param>
/// <param name="OfflineSince">When it was lost; null while it is not offline.</param>
internal sealed record RunView(ServiceRun Run, InstanceObserved? Observed, LivenessState? Node, DateTimeOffset? OfflineSince, DateTimeOffset Now);

/// <summary>How a run goes on: from what its node says to its next state. Pure.</summary>
/// <remarks>
/// waiting → starting: a node was found. starting → running: the node says so. running → succeeded, failed, stopped: it ended.
/// waiting → failed: no node. starting → failed: its node could not start it, and has confirmed that it will not try again; or it ended before it began.
/// starting, running → failed: its node is lost.
/// </remarks>
internal static class RunCourse
{
    public static ServiceRun Next(RunView view)
    {
        var (run, seen) = (view.Run, view.Observed);
        if (ServiceRun.IsEnded(run.State) || run.Instance is not { } instance)
            return run;
        if (seen is not null && seen.Generation > 0 && seen.ContainerId is not null && seen.StartedAt is { } started)
            run = run with { StartedAt = run.StartedAt ?? started, State = RunState.Running, Reason = null };
        else if (run.State == RunState.Starting && instance.Desired == DesiredState.Running && seen is { Generation: > 0, StartedAt: null })
            run = run with { Reason = seen.Error is { } error ? RunLimits.Clip(error) : null };

        if (End(run, instance, seen, view.Now) is { } ended)
            return ended;
        if (view.Node is null)
            return Failed(run, view.Now, $"node {run.Node} was removed from the grid; how the run ended is not known");
        if (view.Node == LivenessState.Offline && view.OfflineSince is { } since && view.Now - since >= RunLimits.Lost)
            return Failed(run, view.Now, $"node {run.Node} is offline since {since:HH:mm:ss} UTC; how the run ended is not known");
        if (run.State == RunState.Starting && view.Now - instance.CreatedAt >= RunLimits.Starting + RunLimits.Lost)
            return Failed(run, view.Now, NotStarted(run));
        return run;
    }

    /// <summary>Whether its node is to try no longer. The run has failed once the node says that it does not, so that nothing begins after that.</summary>
    public static bool IsGivenUp(ServiceRun run, DateTimeOffset now)
    {
        if (run is not { State: RunState.Starting, Instance: { } instance })
            return false;
        // A person rather hears at once; nobody waits for a tick, and a registry's bad minute should not cost a night's backup.
        var most = run.Reason is null ? RunLimits.Starting : run.Cause == RunCause.Person ? TimeSpan.Zero : RunLimits.Retrying;
        return now - instance.CreatedAt >= most;
    }

    /// <summary>The run as it ended; null while it has not.</summary>
    private static ServiceRun? End(ServiceRun run, Instance instance, InstanceObserved? seen, DateTimeOffset now)
    {
        if (seen is null || seen.Generation == 0)
            return null;
        // An agent of the version before starts it again after its end; the end it has told of counts.
        var isOver = seen.State == ObservedState.Stopped || (seen.State == ObservedState.Restarting && seen.ExitCode is not null);
        if (isOver && seen is { ExitCode: { } code, StartedAt: not null })
            return Ended(run, seen, code, now);
        // Nothing was started: the wish to stop came first, or starting failed.
        if (isOver && instance.Desired == DesiredState.Stopped && seen.Generation >= instance.Generation)
            return run.Stop is null ? Failed(run, now, NotStarted(run)) : Stopped(run, now);
        return isOver && seen.Error is { } problem ? Failed(run, now, problem) : null;
    }

    private static string NotStarted(ServiceRun run) => run.Reason ?? $"node {run.Node} did not start it within {RunLimits.Starting.TotalMinutes:0} minutes";

    private static ServiceRun Ended(ServiceRun run, InstanceObserved seen, int code, DateTimeOffset now)
    {
        var ended = run with { StartedAt = run.StartedAt ?? seen.StartedAt, FinishedAt = seen.FinishedAt ?? now, ExitCode = code };
        if (run.Stop is not null)
            return Stopped(ended, ended.FinishedAt!.Value);
        if (run.Timeout is { } seconds && ended.FinishedAt - ended.StartedAt >= TimeSpan.FromSeconds(seconds))
            return Failed(ended, ended.FinishedAt!.Value, $"did not end within {seconds} s and was stopped (exit code {code})");
        return code == 0
            ? ended with { State = RunState.Succeeded, Reason = null }
            : Failed(ended, ended.FinishedAt!.Value, seen.Error ?? $"exited with code {code}");
    }

    public static ServiceRun Stopped(ServiceRun run, DateTimeOffset at) => run with
    {
        State = RunState.Stopped, FinishedAt = at, Reason = $"stopped by {run.Stop?.By ?? "the scheduler"}",
    };

    public static ServiceRun Failed(ServiceRun run, DateTimeOffset at, string reason) =>
        run with { State = RunState.Failed, FinishedAt = at, Reason = RunLimits.Clip(reason) };
}
