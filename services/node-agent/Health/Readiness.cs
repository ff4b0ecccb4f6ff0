using Kontena.Contracts.Instances;
using Kontena.NodeAgent.Instances;
using Kontena.NodeAgent.Instances.Steps;

namespace Kontena.NodeAgent.Health;

/// <summary>What the checks of a service say of its running container: the service's own, else the image's HEALTHCHECK. Pure.</summary>
internal static class Readiness
{
    private const string Healthy = "healthy";
    private const string Unhealthy = "unhealthy";

    /// <summary>Whether a check decides it, rather than <c>wait_for_port</c> or a moment of staying up.</summary>
    public static bool IsChecked(InstanceSpec spec, ContainerSight seen) =>
        spec.ReadinessCheck is not null || spec.HealthCheck is not null || ImageHealth(spec, seen) is not null;

    /// <summary>Up, past its settling, and found well by whatever check decides.</summary>
    public static bool Serves(InstanceSpec spec, ContainerSight seen, InstanceMemory memory)
    {
        if (!seen.Running || memory.Ready != Start.Of(seen))
            return false;
        if (spec.ReadinessCheck is not null)
            return Of(memory.ReadinessFinding, seen) is { Ready: true };
        if (spec.HealthCheck is not null)
            return Of(memory.HealthFinding, seen) is { Ready: true };
        return ImageHealth(spec, seen) is null or Healthy;
    }

    /// <summary>Why the container is to be restarted; null while it is not.</summary>
    public static string? WhyUnhealthy(InstanceSpec spec, ContainerSight seen, InstanceMemory memory)
    {
        if (!seen.Running || memory.Ready != Start.Of(seen))
            return null;
        if (spec.HealthCheck is not null)
            return Of(memory.HealthFinding, seen) is { Exhausted: true } found ? $"unhealthy: {found.Reason}" : null;
        return ImageHealth(spec, seen) == Unhealthy ? $"unhealthy: {Said(seen)}" : null;
    }

    /// <summary>Why it does not serve, when that is for a check; null when it serves, or nothing is known yet.</summary>
    public static string? WhyNotReady(InstanceSpec spec, ContainerSight seen, InstanceMemory memory)
    {
        if (!seen.Running || Serves(spec, seen, memory))
            return null;
        if (spec.ReadinessCheck is not null)
            return Of(memory.ReadinessFinding, seen)?.Reason;
        if (spec.HealthCheck is not null)
            return Of(memory.HealthFinding, seen)?.Reason;
        return ImageHealth(spec, seen) == Unhealthy ? Said(seen) : null;
    }

    /// <summary><c>healthy</c>, <c>unhealthy</c> or null before the first verdict, and when that was.</summary>
    public static (string? Health, DateTimeOffset? At) Verdict(InstanceSpec spec, ContainerSight seen, InstanceMemory memory)
    {
        if (!seen.Running || memory.Ready != Start.Of(seen))
            return (null, null);
        if (spec.HealthCheck is null && ImageHealth(spec, seen) is { } image)
            return image is Healthy or Unhealthy ? (image, seen.HealthAt ?? seen.StartedAt) : (null, null);
        var found = spec.HealthCheck is not null ? Of(memory.HealthFinding, seen) : Of(memory.ReadinessFinding, seen);
        return found switch
        {
            { Ready: true } => (Healthy, found.At),
            { Failing: true } => (Unhealthy, found.At),
            _ => (null, null),
        };
    }

    /// <summary>By when a container that a check decides about must have been ready once; later is an error of the deploy.</summary>
    public static DateTimeOffset? Deadline(InstanceSpec spec, ContainerSight seen) =>
        IsChecked(spec, seen) && seen.StartedAt is { } started
            ? started + AwaitReady.PortDeadline + TimeSpan.FromSeconds((spec.ReadinessCheck ?? spec.HealthCheck)?.InitialDelay ?? 0)
            : null;

    private static string? ImageHealth(InstanceSpec spec, ContainerSight seen) =>
        spec.HealthCheck is null && !spec.IgnoreImageHealthCheck ? seen.Health : null;

    private static CheckFinding? Of(CheckFinding? finding, ContainerSight seen) => finding?.Start == Start.Of(seen) ? finding : null;

    private static string Said(ContainerSight seen) =>
        seen.HealthOutput is { Length: > 0 } said ? $"the image's HEALTHCHECK says: {said}" : "the image's HEALTHCHECK fails and says nothing";
}
