using Kontena.Contracts.Instances;

namespace Kontena.Scheduler.Leases;

/// <summary>How long a node may run an instance without word from here, and from when on it surely does not (decision 0021).</summary>
internal static class Lease
{
    /// <summary>For an agent that is slow to stop: the engine's own time, and clocks that run at different speeds.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(15);

    /// <summary>When a machine that can't be asked has stopped the instance, if its lease is not renewed from now on.</summary>
    /// <returns>Now without a lease: then only the operator's word counts.</returns>
    public static DateTimeOffset OverFrom(InstanceSpec? spec, DateTimeOffset now) => spec?.Lease is { } seconds
        ? now + TimeSpan.FromSeconds(seconds * 1.05) + TimeSpan.FromSeconds(spec.StopGracePeriod) + Margin
        : now;
}
