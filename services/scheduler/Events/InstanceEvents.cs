using Kontena.Contracts.Events;
using Kontena.Contracts.Instances;

namespace Kontena.Scheduler.Events;

/// <summary>What a node says that has become of an instance (rest-api.md §23, the original's events of agents).</summary>
internal static class InstanceEvents
{
    /// <param name="instance">Whose it is.</param>
    /// <param name="before">What was known of it on that node; null: nothing.</param>
    /// <param name="after">What is known now; null: it is gone from there.</param>
    public static IEnumerable<GridEvent> Of(Instance instance, InstanceObserved? before, InstanceObserved? after)
    {
        if (after is null)
        {
            if (before?.ContainerId is not null)
                yield return Told(instance, before, EventTypes.RemoveInstance, EventSeverity.Info, "instance removed");
            yield break;
        }

        if (after.ContainerId is { } container && container != before?.ContainerId)
            yield return Told(instance, after, EventTypes.CreateInstance, EventSeverity.Info, "instance created");
        if (Crash(before, after) is { } crash)
            yield return Told(instance, after, EventTypes.InstanceCrash, after.CrashLooping ? EventSeverity.Error : EventSeverity.Warning, crash);
        if (after.Restarts > (before?.Restarts ?? 0) && after.Generation == before?.Generation && after.State == ObservedState.Running)
            yield return Told(instance, after, EventTypes.RestartInstance, EventSeverity.Info, $"instance restarted{Because(after.RestartReason)}");
        else if (after.State == ObservedState.Running && (before?.State != ObservedState.Running || before.ContainerId != after.ContainerId))
            yield return Told(instance, after, EventTypes.StartInstance, EventSeverity.Info, "instance started");
        if (after.State == ObservedState.Stopped && before is not null && before.State != ObservedState.Stopped)
            yield return Told(instance, after, EventTypes.StopInstance, EventSeverity.Info, "instance stopped");
        if (after.Health != before?.Health && Health(before, after) is { } health)
            yield return Told(instance, after, EventTypes.HealthCheck, health.Severity, health.Text);
        // What a container's own end says is told as its crash.
        if (after.Error is { } error && before?.Error is null && after.State != ObservedState.Restarting)
            yield return Told(instance, after, EventTypes.InstanceError, EventSeverity.Error, GridEvent.Brief(error));
    }

    private static string? Crash(InstanceObserved? before, InstanceObserved after) =>
        after.State != ObservedState.Restarting || (before?.State == ObservedState.Restarting && before.Restarts == after.Restarts) ? null
        : after.OomKilled ? "instance was killed because it used all its memory"
        : after.ExitCode is { } code ? $"instance exited with code {code}"
        : "instance ended by itself";

    private static (int Severity, string Text)? Health(InstanceObserved? before, InstanceObserved after) => after.Health switch
    {
        "unhealthy" => (EventSeverity.Warning, $"instance is unhealthy{Because(after.HealthReason)}"),
        "healthy" when before?.Health == "unhealthy" => (EventSeverity.Info, "instance is healthy again"),
        _ => null,
    };

    private static string Because(string? reason) => string.IsNullOrWhiteSpace(reason) ? "" : $": {GridEvent.Brief(reason)}";

    private static GridEvent Told(Instance instance, InstanceObserved observed, string type, int severity, string what) => new()
    {
        Grid = instance.Grid,
        Stack = instance.Stack,
        Service = instance.Service,
        Instance = instance.Number,
        Node = observed.Node,
        Type = type,
        Severity = severity,
        Message = $"service {EventNames.Service(instance.Stack, instance.Service)}-{instance.Number} {what}",
    };
}
