using Kontena.Contracts.Grids;
using Kontena.Contracts.Instances;
using Kontena.Contracts.Jobs;
using Kontena.Contracts.Nodes;
using Kontena.Scheduler.Jobs;
using Kontena.Scheduler.Placement;

namespace Kontena.Scheduler.Snapshots;

/// <summary>What is asked of the instances and runs of a grid again and again, and which documents it was made of. It moves forward with them; only what
/// it can't follow makes it anew.</summary>
internal sealed record GridIndex(
    PlacementScene Scene, InstanceIndex ByService,
    Grid? Grid, DocumentTable<Node> Nodes, DocumentTable<NodeLiveness> Liveness, DocumentTable<Instance> Instances, DocumentTable<ServiceRun> Runs)
{
    /// <param name="snapshot">What it is to be true of.</param>
    /// <param name="known">One of an earlier state of the same grid, or null.</param>
    public static GridIndex Of(GridSnapshot snapshot, GridIndex? known)
    {
        if (known is null || !ReferenceEquals(known.Instances, snapshot.Instances) || !ReferenceEquals(known.Runs, snapshot.Runs))
        {
            return new GridIndex(
                new PlacementScene(snapshot.Nodes.Values, snapshot.Liveness.Find, SceneRules.Of(snapshot.Grid), OnNodes(snapshot)),
                InstanceIndex.Of(snapshot.Instances.Values), snapshot.Grid, snapshot.Nodes, snapshot.Liveness, snapshot.Instances, snapshot.Runs);
        }

        var sameFacts = ReferenceEquals(known.Grid, snapshot.Grid) && ReferenceEquals(known.Nodes, snapshot.Nodes)
            && ReferenceEquals(known.Liveness, snapshot.Liveness);
        return sameFacts
            ? known
            : known with
            {
                Scene = known.Scene.With(SceneRules.Of(snapshot.Grid)).Under(snapshot.Nodes.Values, snapshot.Liveness.Find, OnNodes(snapshot)),
                Grid = snapshot.Grid, Nodes = snapshot.Nodes, Liveness = snapshot.Liveness,
            };
    }

    /// <summary>Once these instances are no longer as they were.</summary>
    public GridIndex After(IReadOnlyList<(Instance? Before, Instance? After)> changes) =>
        changes.Count == 0 ? this : this with { Scene = Scene.After(changes), ByService = ByService.After(changes) };

    /// <summary>Once these runs are no longer as they were. What a run holds lies beside the instances, but is none of its service's.</summary>
    public GridIndex After(IReadOnlyList<(ServiceRun? Before, ServiceRun? After)> changes) =>
        RunOccupants.Moved(changes) is { Count: > 0 } moved ? this with { Scene = Scene.After(moved) } : this;

    private static IEnumerable<Instance> OnNodes(GridSnapshot snapshot) =>
        snapshot.Instances.Values.Concat(snapshot.Runs.Values.Select(RunOccupants.Of).OfType<Instance>());
}
