using Kontena.Contracts.Instances;

namespace Kontena.Scheduler.Tests.World;

/// <summary>How a <see cref="SimNode"/> runs what is started once.</summary>
internal static class SimRun
{
    /// <summary>An order for one that has begun, or that is not to begin. True when nothing else is to be done for it.</summary>
    public static bool Take(SimInstance instance, ApplyInstance apply, DateTimeOffset now)
    {
        if (instance.StartedAt is null && apply.Desired == DesiredState.Running)
            return false;
        if (apply.Desired == DesiredState.Stopped && instance is { StartedAt: not null, ExitCode: null })
            (instance.ExitCode, instance.FinishedAt) = (137, now);
        if (apply.Desired == DesiredState.Stopped)
            instance.State = ObservedState.Stopped;
        return true;
    }

    public static bool Progress(SimInstance instance, (int Code, int Seconds)? end, DateTimeOffset now)
    {
        var until = instance.Spec!.RunOnce!.Timeout is { } most && (end is null || end.Value.Seconds > most) ? (Code: 137, Seconds: most) : end;
        if (instance.ExitCode is not null || instance.State != ObservedState.Running || until is not { } ends || now - instance.StartedAt < TimeSpan.FromSeconds(ends.Seconds))
            return false;
        (instance.ExitCode, instance.FinishedAt, instance.State) = (ends.Code, now, ObservedState.Stopped);
        if (ends.Code != 0)
            instance.Error = $"exited with code {ends.Code}; its last lines:\nboom";
        return true;
    }
}
