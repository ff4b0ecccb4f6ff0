using Kontena.Contracts.Grids;
using Kontena.Contracts.Instances;
using Kontena.Contracts.Nodes;
using Kontena.Scheduler.Placement;

namespace Kontena.Scheduler.Snapshots;

/// <summary>What is asked of the instances of a grid again and again, and which documents it was made of. It moves forward with them; only what
/// it can't follow makes it anew.</summary>
internal sealed record GridIndex(
    PlacementScene Scene, InstanceIndex ByService,
    Grid? Grid, DocumentTable<Node> Nodes, DocumentTable<NodeLiveness> Liveness, DocumentTable<Instance> Instances)
{
    /// <param name="snapshot">What it is to be true of.</param>
    /// <param name="known">One of an earlier state of the same grid, or null.</param>
    public static GridIndex Of(GridSnapshot snapshot, GridIndex? known)
    {
        if (known is null || !ReferenceEquals(known.Instances, snapshot.Instances))
        {
            return new GridIndex(
                new PlacementScene(snapshot.Nodes.Values, snapshot.Liveness.Find, SceneRules.Of(snapshot.Grid), snapshot.Instances.Values),
                InstanceIndex.Of(snapshot.Instances.Values), snapshot.Grid, snapshot.Nodes, snapshot.Liveness, snapshot.Instances);
        }

        var sameFacts = ReferenceEquals(known.Grid, snapshot.Grid) && ReferenceEquals(known.Nodes, snapshot.Nodes)
            && ReferenceEquals(known.Liveness, snapshot.Liveness);
        return sameFacts
            ? known
            : known with
            {
                Scene = known.Scene.With(SceneRules.Of(snapshot.Grid)).Under(snapshot.Nodes.Values, snapshot.Liveness.Find, snapshot.Instances.Values),
                Grid = snapshot.Grid, Nodes = snapshot.Nodes, Liveness = snapshot.Liveness,
            };
    }

    /// <summary>Once these instances are no longer as they were.</summary>
    public GridIndex After(IReadOnlyList<(Instance? Before, Instance? After)> changes) =>
        changes.Count == 0 ? this : this with { Scene = Scene.After(changes), ByService = ByService.After(changes) };
}
