using Kontena.Contracts.Instances;
using Kontena.Contracts.Messaging;
using Kontena.Contracts.Nodes;
using Kontena.Scheduler.Repair;
using Kontena.Scheduler.Snapshots;

namespace Kontena.Scheduler.Leases;

/// <summary>Answers heartbeats of nodes that run instances with a lease. The answer leaves with the commit, so a scheduler that lost its epoch renews nothing.</summary>
internal static class LeaseRenewal
{
    public static void Answer(GridDraft draft, GridMemory memory, NodeHeartbeat heartbeat, DateTimeOffset now)
    {
        if (draft.Nodes.Find(heartbeat.Node)?.NodeId != heartbeat.NodeId)
            return;
        var leased = draft.Scene.On(heartbeat.Node)
            .Where(one => !one.Leaving && one.Instance.NodeId == heartbeat.NodeId && one.Instance is { Desired: DesiredState.Running, Spec.Lease: not null })
            .Select(one => one.Instance)
            .OrderBy(one => one.Id, StringComparer.Ordinal)
            .ToList();
        // All that are there together: the shortest of them says how often; a new one does not wait for its turn.
        if (leased.Count == 0 || !leased.Exists(one => memory.LeaseIsDue(one.Id, TimeSpan.FromSeconds(one.Spec!.Lease!.Value / 3.0), now)))
            return;
        foreach (var instance in leased)
            memory.LeaseRenewed(instance.Id, now);
        draft.Send(Destination.Node(heartbeat.NodeId), new LeaseRenewed
        {
            Grid = draft.Name, HeartbeatSentAt = heartbeat.SentAt, InstanceIds = [.. leased.Select(one => one.Id)],
        });
    }
}
