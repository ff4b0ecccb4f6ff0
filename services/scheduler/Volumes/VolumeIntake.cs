using Kontena.Contracts.Volumes;
using Kontena.Scheduler.Repair;
using Kontena.Scheduler.Snapshots;

namespace Kontena.Scheduler.Volumes;

/// <summary>What nodes say of volumes becomes known places of data.</summary>
internal static class VolumeIntake
{
    public static void Observe(GridDraft draft, GridMemory memory, VolumeObserved report, DateTimeOffset now)
    {
        if (draft.Nodes.Find(report.Node)?.NodeId != report.NodeId)
            return;
        var key = VolumeInstance.DocumentId(report.NodeId, report.Name);
        var known = draft.VolumeInstances.Find(key);
        if (report.State == VolumeState.Removed)
        {
            // Late news about an earlier volume of the name says nothing about this one.
            if (known is null || known.VolumeUid != report.VolumeUid || known.RemovalOrderedAt is null)
                return;
            draft.VolumeInstances.Delete(key);
            draft.Note($"volume {report.Volume}: {report.Name} is gone from {report.Node}" + (report.Error is null ? "" : $"; {report.Error}"));
            return;
        }

        if (known is not null && known.VolumeUid == report.VolumeUid)
        {
            if (known.Error != report.Error || known.Node != report.Node)
                draft.VolumeInstances.Put(known with { Error = report.Error, Node = report.Node });
        }
        else if (known is null && draft.Volumes.Find(report.Volume)?.Uid == report.VolumeUid)
        {
            draft.VolumeInstances.Put(new VolumeInstance
            {
                Grid = draft.Name, NodeId = report.NodeId, Node = report.Node, Name = report.Name, Volume = report.Volume,
                VolumeUid = report.VolumeUid, CreatedAt = now,
            });
            draft.Note($"volume {report.Volume}: {report.Name} was found on {report.Node}");
        }
        else if (memory.Said.Count < 1000 && memory.Said.Add("volume " + key + report.VolumeUid))
        {
            draft.Note($"{report.Name} on {report.Node} holds data of a volume {report.Volume} that the grid does not have; it is left alone");
        }
    }
}
