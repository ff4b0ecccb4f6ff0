using Kontena.Contracts.Instances;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Services;
using Kontena.Contracts.Volumes;
using Kontena.Core.Affinities;
using Kontena.Core.Volumes;
using Kontena.Scheduler.InstanceSpecs;
using Kontena.Scheduler.Volumes;

namespace Kontena.Scheduler.Placement.Filters;

/// <summary>Named volumes need their driver; and data stays where it is: an instance that has some is only placed on the machine that holds it, and
/// never twice (runtime.md §2.3, §2.13).</summary>
/// <remarks>Any rule that one volume adds holds beside those of the others: a volume that is free to be anywhere does not free another.</remarks>
internal sealed class VolumeFilter : IPlacementFilter
{
    /// <summary>The rule of exclusions that end when the loss of the data is accepted.</summary>
    public const string Data = "data";

    private const string Rule = "volume";

    /// <summary>Every engine has it.</summary>
    private const string Local = "local";

    public bool Concerns(ServiceSpec spec) => spec.Stateful || spec.Volumes.Count > 0;

    // Each has its own data.
    public bool IsPersonal(ServiceSpec spec, IReadOnlyList<AffinityExpression> affinities) =>
        spec.Stateful || spec.Volumes.Any(entry => VolumeSpec.Read(entry).Name is not null);

    public Exclusion? Exclude(PlacementQuery query, Candidate node)
    {
        var spec = query.Board.Spec;
        var hasOwnData = spec.Stateful;
        foreach (var entry in spec.Volumes)
        {
            if (VolumeSpec.Read(entry).Name is not { } name)
                continue;
            if (query.Board.Scene.Volumes.Find(name) is not { } volume)
                return new Exclusion(Rule, $"without volume {name}", $"the grid has no volume {name}", $"create it: kontena volume create --driver {Local} --scope instance {name}");
            hasOwnData |= volume.Scope == VolumeScope.Instance;
            if ((Lacking(node, volume) ?? Holding(query, node, volume)) is { } unsuited)
                return unsuited;
        }

        return hasOwnData && query.Current is { } current ? Away(query, node, current) ?? Leaving(query, node, current) : null;
    }

    private static Exclusion? Lacking(Candidate node, Volume volume)
    {
        var offered = node.Node.Facts?.VolumeDrivers ?? [];
        if (offered.Count == 0 ? volume.Driver == Local : offered.Any(one => DriverNames.NameOf(one.Name) == volume.Driver))
            return null;
        return new Exclusion(Rule, $"without volume driver {volume.Driver}",
            offered.Count == 0 ? "says of no volume driver" : $"offers {string.Join(", ", offered.Select(one => one.Name))}",
            $"install the volume driver {volume.Driver}");
    }

    /// <summary>What is known of the Docker volume that the instance would mount.</summary>
    private static Exclusion? Holding(PlacementQuery query, Candidate node, Volume volume)
    {
        var service = query.Board.Service;
        if (volume.Scope == VolumeScope.Instance && query.Number < 1)
            return null;
        var mounted = VolumeNames.Of(volume, service.Stack, service.Name, query.Number);
        var places = query.Board.Scene.Volumes.On(mounted).ToList();
        if (places.Find(one => one.NodeId == node.Node.NodeId && one.VolumeUid != volume.Uid) is { } earlier)
        {
            return new Exclusion(Rule, $"still holding an earlier volume {volume.Name}",
                $"{mounted} of an earlier volume {volume.Name} is not yet removed" + (earlier.Error is null ? "" : $": {earlier.Error}"),
                "wait for its removal");
        }

        if (volume.Scope != VolumeScope.Instance)
            return null;
        var holders = places.Where(one => one.VolumeUid == volume.Uid && query.Current?.AbandonedOn.Contains(one.NodeId) != true).ToList();
        if (holders.Count == 0 || holders.Exists(one => one.NodeId == node.Node.NodeId))
            return null;
        return Elsewhere(query, holders[0].NodeId, holders[0].Node, query.Board.NameOf(query.Number), $"in volume {mounted}");
    }

    /// <summary>Not on the machine where it was placed before.</summary>
    private static Exclusion? Away(PlacementQuery query, Candidate node, Instance current)
    {
        if (current.Node is not { } home)
            return null;
        // By the machine: another one may have joined under the name since, and holds nothing of it.
        var isHome = current.NodeId is { } nodeId ? nodeId == node.Node.NodeId : home == node.Name;
        return isHome ? null : Elsewhere(query, current.NodeId, home, query.Board.NameOf(current.Number), null);
    }

    private static Exclusion Elsewhere(PlacementQuery query, string? nodeId, string formerly, string name, string? place)
    {
        var machine = nodeId is null ? null : query.Board.Scene.ByNodeId(nodeId);
        var where = machine?.Name ?? formerly;
        var within = place is null ? "" : $" {place}";
        var accept = $"if its data may be left behind: kontena service deploy --accept-data-loss {Short(query)}";
        return machine switch
        {
            null => new Exclusion(Data, $"not holding the data of {name}",
                $"the data of {name} is{within} on {where}, which was removed from the grid",
                $"start the agent of {where} again with the grid's token (its data is untouched), or, {accept}"),
            { State: LivenessState.Offline } => new Exclusion(Data, $"not holding the data of {name}",
                $"the data of {name} is{within} on {where}, which is offline",
                $"bring {where} back, or, {accept}"),
            _ => new Exclusion(Data, $"not holding the data of {name}", $"the data of {name} is{within} on {where}",
                $"make {where} able to take it, or, {accept}"),
        };
    }

    /// <summary>Released: the earlier container may still be writing until its node says that it is gone, or until nothing can be any more.</summary>
    private static Exclusion? Leaving(PlacementQuery query, Candidate node, Instance current)
    {
        var name = query.Board.NameOf(current.Number);
        foreach (var departure in current.Departures.Where(one => one.NodeId != node.Node.NodeId))
        {
            if (departure.FencedFrom is { } from)
            {
                if (from > query.Now)
                {
                    return new Exclusion(Rule, $"waiting until {departure.Node} must have stopped {name}",
                        $"{departure.Node} may run {name} until {from:HH:mm:ss} UTC", $"wait, or bring {departure.Node} back");
                }
            }
            else if (query.Board.Scene.ByNodeId(departure.NodeId) is not null)
            {
                return new Exclusion(Rule, $"waiting for {departure.Node} to give up {name}",
                    $"{departure.Node} has not confirmed that {name} is gone",
                    $"bring {departure.Node} back, or, if it is lost: kontena service deploy --accept-data-loss {Short(query)}");
            }
        }

        return null;
    }

    private static string Short(PlacementQuery query) =>
        query.Board.Service.Stack == Contracts.Services.Service.NoStack ? query.Board.Service.Name : $"{query.Board.Service.Stack}/{query.Board.Service.Name}";
}
