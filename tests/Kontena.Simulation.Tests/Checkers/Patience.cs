using Kontena.Contracts.Deploys;
using Kontena.Contracts.Jobs;
using Kontena.Scheduler.Deploys;
using Kontena.Simulation.Tests.Workload;

namespace Kontena.Simulation.Tests.Checkers;

/// <summary>How long a grid may take to come right: what is promised, and what is still to be done takes by itself.</summary>
internal static class Patience
{
    /// <summary>One instance of a rollout: stopped, created, started, found ready.</summary>
    private static readonly TimeSpan Turn = TimeSpan.FromSeconds(4);

    /// <summary>A run by a deploy, and one more when the first met a grid that was not yet right.</summary>
    private static readonly TimeSpan Once = TimeSpan.FromSeconds(60);

    /// <summary>An instance that never gets ready is given up after 300 s and its stop grace; until then its service's next deploy waits.</summary>
    private static readonly TimeSpan Hopeless = TimeSpan.FromSeconds(345);

    /// <summary>A deploy that failed is repeated after at most 15 minutes when nobody asks before.</summary>
    private static readonly TimeSpan Unattended = TimeSpan.FromMinutes(16);

    /// <param name="world">As it is when the faults have ended.</param>
    /// <param name="promise">For everything but rollouts.</param>
    /// <param name="attended">Somebody deploys again what failed.</param>
    public static TimeSpan Of(World world, TimeSpan promise, bool attended)
    {
        var patience = promise;
        foreach (var service in world.State.Services.Values)
            patience += service.Spec.RunAtDeploy ? Once : service.Spec.Instances * Turn;
        foreach (var open in world.State.Unfinished.Values.Where(one => one.State == DeployState.Ongoing))
            patience += Math.Min(open.InstanceCount, 6) * Turn;
        if (world.State.Unfinished.Values.Any(one => IsHopeless(world, one)))
            patience += Hopeless;
        if (world.State.Unfinished.Values.Any(one => RunsForEver(world, one)))
            patience += DeployLimits.Deploy;
        return attended ? patience : patience + Unattended;
    }

    /// <summary>What a deploy runs may never end; the deploy gives it up in the end.</summary>
    private static bool RunsForEver(World world, ServiceDeploy deploy) =>
        world.State.Runs.Known.Any(run => run.Id == CompletionPlanner.RunId(deploy.Id) && !ServiceRun.IsEnded(run.State) && run.Instance?.Spec is { } spec && !Images.IsGood(spec.Image));

    private static bool IsHopeless(World world, ServiceDeploy deploy) => world.State.Instances.Values.Any(
        one => one.ServiceUid == deploy.ServiceUid && one.Spec is { } spec && !Images.IsGood(spec.Image));
}
