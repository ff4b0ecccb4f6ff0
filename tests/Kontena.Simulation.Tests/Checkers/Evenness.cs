using Kontena.Contracts.Services;
using Kontena.Scheduler.Deploys;

namespace Kontena.Simulation.Tests.Checkers;

/// <summary>What rebalancing may do to a grid that is as declared.</summary>
internal static class Evenness
{
    /// <summary>A node counts as new a minute after it came, a service as quiet 30 s after its last deploy; looked at every 10 s.</summary>
    private static readonly TimeSpan Still = TimeSpan.FromSeconds(100);

    /// <summary>Each move waits for the quiet after the one before it.</summary>
    private static readonly TimeSpan Move = TimeSpan.FromSeconds(45);

    /// <returns>How long nothing may have moved for the grid to be taken for even, and how long it may take to get there.</returns>
    public static (TimeSpan Still, TimeSpan Most) Of(World world)
    {
        // When a node came is said by the clock of one process and read by the clock of another.
        var skews = world.Replicas.Select(one => one.Skew).ToList();
        var still = Still + skews.Max() - skews.Min();
        return (still, still + (Move * world.State.Services.Values.Sum(one => one.Spec.Instances)));
    }

    /// <summary>A service of which fewer run than <c>min_health</c> asks for; null when there is none.</summary>
    public static string? Lacking(World world)
    {
        foreach (var (id, service) in world.State.Services)
        {
            if (service is not { State: ServiceState.Running, RemovedAt: null, Spec: { Stateful: false, Strategy: not "daemon", Instances: var wanted } spec } || !ServiceSpec.KeepsInstances(spec))
                continue;
            var running = world.Ground.Running.Where(one => one.Container.Spec.ServiceUid == service.Uid).Select(one => one.Container.Spec.Number).Distinct().Count();
            if (running < wanted - MinHealth.MayBeDown(wanted, spec.MinHealth))
                return $"{running} of {wanted} instances of {id} run, min_health is {spec.MinHealth}";
        }

        return null;
    }
}
