using Kontena.Contracts.Services;
using Kontena.Core.Affinities;
using Kontena.Scheduler.InstanceSpecs;

namespace Kontena.Scheduler.Placement.Filters;

/// <summary>Data stays where it is: an instance that has some is only placed on the node that holds it, and never twice (runtime.md
/// §2.13).</summary>
/// <remarks>Any rule that one volume adds holds beside those of the others: a volume that is free to be anywhere does not free
/// another.</remarks>
internal sealed class VolumeFilter : IPlacementFilter
{
    private const string Driver = "local";

    public bool Concerns(ServiceSpec spec) => spec.Stateful || spec.Volumes.Count > 0;

    // Each has its own data.
    public bool IsPersonal(ServiceSpec spec, IReadOnlyList<AffinityExpression> affinities) =>
        spec.Stateful || spec.Volumes.Any(entry => VolumeSpec.Read(entry).Name is not null);

    public Exclusion? Exclude(PlacementQuery query, Candidate node)
    {
        var spec = query.Board.Spec;
        var named = spec.Volumes.Select(VolumeSpec.Read).Any(volume => volume.Name is not null);
        if (named && node.Node.Facts is { VolumeDrivers.Count: > 0 } facts && facts.VolumeDrivers.All(one => one.Name != Driver))
        {
            return new Exclusion("volume", $"without volume driver {Driver}",
                $"offers {string.Join(", ", facts.VolumeDrivers.Select(one => one.Name))}", $"install the volume driver {Driver}");
        }

        if (!spec.Stateful && !named)
            return null;
        if (query.Current is not { } current)
            return null;

        var name = query.Board.NameOf(current.Number);
        if (current.Node is { } home && home != node.Name && query.Board.Scene.HasNode(home))
        {
            return new Exclusion("volume", $"not holding the data of {name}", $"the data of {name} is on {home}",
                $"make {home} able to take it, or release the instance if its data may be left behind");
        }

        // Released: the earlier container may still be writing until its node says that it is gone.
        var leaving = current.Departures.FirstOrDefault(one => one.NodeId != node.Node.NodeId && query.Board.Scene.ByNodeId(one.NodeId) is not null);
        return leaving is null
            ? null
            : new Exclusion("volume", $"waiting for {leaving.Node} to give up {name}",
                $"{leaving.Node} has not confirmed that {name} is gone", $"bring {leaving.Node} back, or remove it from the grid");
    }
}
