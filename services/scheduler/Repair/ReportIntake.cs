using Kontena.Contracts.Instances;
using Kontena.Contracts.Messaging;
using Kontena.Contracts.Nodes;
using Kontena.Scheduler.Instances;
using Kontena.Scheduler.Jobs;
using Kontena.Scheduler.Snapshots;

namespace Kontena.Scheduler.Repair;

/// <summary>What nodes say becomes observed state. Late news is dropped; what does not belong on a node gets an explicit order.</summary>
internal static class ReportIntake
{
    /// <summary>Instances of one node that are kept track of.</summary>
    private const int PerNode = 5000;

    private static readonly TimeSpan SyncFirst = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan SyncCap = TimeSpan.FromSeconds(60);

    /// <remarks>
    /// Numbers are compared within one run of the agent only: a clock that was set back must not make a restarted agent unheard. Should a report of an
    /// earlier run come after one of the present, it is believed until the next digest differs, and everything is said again.
    /// </remarks>
    public static void Observe(GridDraft draft, GridMemory memory, InstanceObserved report, DateTimeOffset now)
    {
        var instance = draft.Instances.Find(report.InstanceId);
        var run = instance is null ? draft.Runs.Find(report.InstanceId) : null;
        if (!IsKnown(draft, report.Node, report.NodeId))
        {
            // The node's record is gone, but it may still confirm what it was told before.
            if (instance is not null && report.State == ObservedState.Removed)
                InstanceChanges.Confirm(draft, instance, report.NodeId, report.Generation);
            return;
        }

        var key = InstanceObserved.DocumentId(report.Node, report.InstanceId);
        if (draft.Observed.Find(key) is { } known && known.NodeId == report.NodeId && known.Run == report.Run && known.Sequence >= report.Sequence)
            return;
        // The document went with the removal; what was said before it must not bring it back.
        if (report.State != ObservedState.Removed && memory.IsPassed(key, report))
            return;

        memory.Heard(report.InstanceId, now);
        if (report.State == ObservedState.Removed)
        {
            memory.Removed(key, report);
            draft.Observed.Delete(key);
            if (instance is not null)
                TakeRemoved(draft, instance, report, now);
            else if (run is not null)
                RunUpkeep.Observe(draft, run, report);
            return;
        }

        draft.Observed.Put(report);
        if (instance is not null)
            CheckPlace(draft, instance, report, now);
        else if (run is not null)
            RunUpkeep.Observe(draft, run, report);
        else if (memory.Said.Count < 1000 && memory.Said.Add("unknown " + key))
            draft.Note($"{report.ContainerName ?? report.InstanceId} on {report.Node} is nothing we ordered; it is left alone");
    }

    /// <summary>Everything a node has: what we believed beyond that is not there.</summary>
    public static void Reconcile(GridDraft draft, GridMemory memory, NodeSynced synced, DateTimeOffset now)
    {
        if (!IsKnown(draft, synced.Node, synced.NodeId))
            return;
        var present = synced.Instances.Take(PerNode).ToList();
        foreach (var report in present)
        {
            if (report.Node == synced.Node && report.NodeId == synced.NodeId)
                Observe(draft, memory, report, now);
        }

        var ids = present.Select(one => one.InstanceId).ToHashSet(StringComparer.Ordinal);
        var machine = Groupings.Machine(synced.Node, synced.NodeId);
        foreach (var stale in draft.Observed.By(Groupings.SaidBy).Of(machine).Values
            .Where(one => !ids.Contains(one.InstanceId) && !IsLater(one, synced)))
            draft.Observed.Delete(InstanceObserved.DocumentId(stale.Node, stale.InstanceId));

        // What it should have and does not know is told again at once.
        foreach (var instance in draft.Instances.By(Groupings.OnMachine).Of(machine).Values
            .Where(one => one.Desired != DesiredState.Removed && draft.ObservedOf(one) is null))
        {
            var due = memory.IsDue(OrderRepair.Key(instance, synced.NodeId), instance.Generation, instance.UpdatedAt, now,
                OrderRepair.First, OrderRepair.Cap);
            if (due)
                InstanceChanges.OrderApply(draft, instance);
        }
    }

    /// <summary>Compares digests; two differing in a row ask the node to say everything again.</summary>
    /// <remarks>One alone is common: a report may still be on its way. An agent that has just started gives none until it has looked at everything.</remarks>
    public static void Heartbeat(GridDraft draft, GridMemory memory, GridSnapshot before, NodeHeartbeat heartbeat, DateTimeOffset now)
    {
        if (!IsKnown(draft, heartbeat.Node, heartbeat.NodeId))
            return;
        var key = "sync " + heartbeat.NodeId;
        if (heartbeat.ObservedDigest.Length == 0 || memory.DigestOf(before.Observed, heartbeat.Node, heartbeat.NodeId) == heartbeat.ObservedDigest)
        {
            memory.Mismatches.Remove(heartbeat.NodeId);
            memory.Forget(key);
            return;
        }

        var misses = memory.Mismatches[heartbeat.NodeId] = memory.Mismatches.GetValueOrDefault(heartbeat.NodeId) + 1;
        if (misses < 2 || !memory.IsDue(key, 0, DateTimeOffset.MinValue, now, SyncFirst, SyncCap))
            return;
        draft.Send(Destination.Node(heartbeat.NodeId), new SyncNode { Grid = draft.Name });
    }

    // Removed there by an order that we no longer know of, because the store went back to a backup: what is wanted now is the newer word.
    private static void TakeRemoved(GridDraft draft, Instance instance, InstanceObserved report, DateTimeOffset now)
    {
        var isWanted = instance.NodeId == report.NodeId && instance.Desired != DesiredState.Removed;
        if (isWanted && report.Generation > instance.Generation)
            InstanceChanges.Overtake(draft, instance, report.Generation, now);
        else
            InstanceChanges.Confirm(draft, instance, report.NodeId, report.Generation);
    }

    private static void CheckPlace(GridDraft draft, Instance instance, InstanceObserved report, DateTimeOffset now)
    {
        if (instance.Departures.Any(one => one.NodeId == report.NodeId && one.Generation >= report.Generation))
            return; // already told to let go
        var belongs = instance.NodeId == report.NodeId && instance.Desired != DesiredState.Removed;
        if (!belongs)
        {
            if (report.State != ObservedState.Missing || report.ContainerId is not null)
                InstanceChanges.Expel(draft, instance, report.Node, report.NodeId, report.Generation, now);
        }
        else if (report.Generation > instance.Generation)
        {
            InstanceChanges.Overtake(draft, instance, report.Generation, now);
        }
    }

    // An answer that was long on its way does not speak for what was reported after it.
    private static bool IsLater(InstanceObserved observed, NodeSynced synced) => observed.Run == synced.Run && observed.Sequence > synced.UpTo;

    private static bool IsKnown(GridDraft draft, string node, string nodeId) => draft.Nodes.Find(node)?.NodeId == nodeId;
}
