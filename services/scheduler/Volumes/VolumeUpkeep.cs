using Kontena.Contracts.Messaging;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Volumes;
using Kontena.Scheduler.Repair;
using Kontena.Scheduler.Snapshots;

namespace Kontena.Scheduler.Volumes;

/// <summary>Takes removed volumes off the nodes that hold them: by an order each, until the node itself says that it is done (design law 5).</summary>
internal static class VolumeUpkeep
{
    /// <summary>The removal from a machine that left the grid is given up after this; should it come back, its data is left alone.</summary>
    private static readonly TimeSpan Abandoned = TimeSpan.FromHours(24);
    private static readonly TimeSpan SayAgain = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan SayAgainCap = TimeSpan.FromMinutes(5);

    public static void Run(GridDraft draft, GridMemory memory, DateTimeOffset now)
    {
        var removed = draft.Volumes.By(Groupings.RemovedVolumes).Of(Groupings.All).Values.ToList();
        if (removed.Count == 0)
            return;
        var places = draft.VolumeInstances.Values.ToLookup(one => one.VolumeUid, StringComparer.Ordinal);
        foreach (var volume in removed)
            TearDown(draft, memory, volume, [.. places[volume.Uid].OrderBy(one => one.Name, StringComparer.Ordinal)], now);
    }

    /// <summary>Orders that nobody has answered are sent again; what speaks of nothing any more is forgotten.</summary>
    public static void Sweep(GridDraft draft, GridMemory memory, DateTimeOffset now)
    {
        foreach (var place in draft.VolumeInstances.Values.OrderBy(one => one.Name, StringComparer.Ordinal).ToList())
        {
            var key = VolumeInstance.DocumentId(place.NodeId, place.Name);
            var machine = draft.Scene.ByNodeId(place.NodeId);
            if (place.RemovalOrderedAt is not { } ordered)
            {
                if (draft.Volumes.Find(place.Volume)?.Uid != place.VolumeUid)
                    draft.VolumeInstances.Delete(key);
            }
            else if (machine is null && now - ordered > Abandoned)
            {
                draft.VolumeInstances.Delete(key);
            }
            else if (machine is { IsOnline: true } && memory.IsDue("remove volume " + key, 0, ordered, now, OrderRepair.First, OrderRepair.Cap))
            {
                Order(draft, place);
            }
        }
    }

    private static void TearDown(GridDraft draft, GridMemory memory, Volume volume, List<VolumeInstance> places, DateTimeOffset now)
    {
        foreach (var place in places.Where(one => one.RemovalOrderedAt is null))
        {
            draft.VolumeInstances.Put(place with { RemovalOrderedAt = now });
            Order(draft, place);
        }

        // A node that is away is told when it returns: the name need not wait for that, as what it holds is known by the volume's id.
        var waiting = places.Any(one => draft.Scene.ByNodeId(one.NodeId) is { State: not LivenessState.Offline });
        if (waiting || !memory.IsDue("volume torn down " + volume.Uid, 0, DateTimeOffset.MinValue, now, SayAgain, SayAgainCap))
            return;
        draft.Send(Destination.GridManager, new VolumeTornDown { Grid = volume.Grid, Volume = volume.Name, Uid = volume.Uid });
        draft.Note($"volume {volume.Name} is torn down");
    }

    private static void Order(GridDraft draft, VolumeInstance place) => draft.Send(Destination.Node(place.NodeId), new RemoveVolume
    {
        Grid = place.Grid, Name = place.Name, Volume = place.Volume, VolumeUid = place.VolumeUid,
    });
}
