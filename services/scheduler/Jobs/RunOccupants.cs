using Kontena.Contracts.Instances;
using Kontena.Contracts.Jobs;
using Kontena.Scheduler.Placement;

namespace Kontena.Scheduler.Jobs;

/// <summary>Runs lie on nodes beside instances: placement counts what they hold.</summary>
internal static class RunOccupants
{
    public static PlacementScene Beside(PlacementScene scene, IEnumerable<ServiceRun> runs)
    {
        var there = runs.Select(run => run.Instance!).ToList();
        return there.Count == 0 ? scene : scene.After(there.Select(instance => ((Instance?)null, (Instance?)instance)));
    }
}
