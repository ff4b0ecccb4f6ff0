using Kontena.Contracts.Instances;
using Kontena.Scheduler.Instances;
using Kontena.Scheduler.Snapshots;

namespace Kontena.Scheduler.Repair;

/// <summary>Orders whose generation no report echoes are sent again, less and less often (design law 1).</summary>
internal static class OrderRepair
{
    public static readonly TimeSpan First = TimeSpan.FromSeconds(6);
    public static readonly TimeSpan Cap = TimeSpan.FromSeconds(60);

    /// <summary>Orders repeated in one sweep.</summary>
    private const int PerSweep = 500;

    public static string Key(Instance instance, string nodeId) => $"{instance.Id}@{nodeId}";

    public static void Run(GridDraft draft, GridMemory memory, DateTimeOffset now)
    {
        var left = PerSweep;
        foreach (var id in draft.OpenOrders.Union(draft.Instances.By(Groupings.Leaving).Of(Groupings.All).Keys))
        {
            if (left <= 0)
                return;
            if (draft.Instances.Find(id) is { } instance)
                left -= Repeat(draft, memory, instance, now);
        }
    }

    /// <summary>What the instance's nodes have not answered is said again, when it is time.</summary>
    /// <returns>How many orders were sent.</returns>
    public static int Repeat(GridDraft draft, GridMemory memory, Instance instance, DateTimeOffset now)
    {
        var sent = 0;
        if (instance.NodeId is { } nodeId && instance.Desired != DesiredState.Removed && IsOnline(draft, nodeId)
            && !(draft.ObservedOf(instance)?.Generation >= instance.Generation)
            && memory.IsDue(Key(instance, nodeId), instance.Generation, instance.UpdatedAt, now, First, Cap))
        {
            InstanceChanges.OrderApply(draft, instance);
            sent++;
        }

        foreach (var departure in instance.Departures)
        {
            if (!departure.AwaitsSuccessor && IsOnline(draft, departure.NodeId)
                && memory.IsDue(Key(instance, departure.NodeId) + " gone", departure.Generation, departure.OrderedAt, now, First, Cap))
            {
                InstanceChanges.OrderRemoval(draft, instance, departure);
                sent++;
            }
        }

        return sent;
    }

    private static bool IsOnline(GridDraft draft, string nodeId) => draft.Scene.ByNodeId(nodeId) is { IsOnline: true };
}
