using Kontena.Contracts.Instances;
using Kontena.Contracts.Jobs;
using Kontena.Scheduler.Snapshots;

namespace Kontena.Scheduler.Jobs;

/// <summary>Runs lie on nodes beside instances: placement counts what they hold.</summary>
internal static class RunOccupants
{
    /// <summary>What a run holds of a node; null when nothing.</summary>
    public static Instance? Of(ServiceRun? run) => run is not null && Groupings.RunsOnNodes.KeyOf(run) is not null ? run.Instance : null;

    /// <summary>What of these changes is one of what lies on nodes. That a run goes on is none: nothing that was decided beside it has to be decided anew.</summary>
    public static IReadOnlyList<(Instance? Before, Instance? After)> Moved(IEnumerable<(ServiceRun? Before, ServiceRun? After)> changes) =>
        [.. changes.Select(one => (Of(one.Before), Of(one.After))).Where(one => !ReferenceEquals(one.Item1, one.Item2))];
}
