using Kontena.Contracts.Instances;
using Kontena.Scheduler.Deploys;
using Kontena.Scheduler.Instances;
using Kontena.Scheduler.Snapshots;

namespace Kontena.Scheduler.Repair;

/// <summary>Lets go of documents that speak of what no longer exists. No container is touched by this.</summary>
internal static class Leftovers
{
    /// <summary>A departure from a node that was removed from the grid is given up after this.</summary>
    private static readonly TimeSpan Abandoned = TimeSpan.FromHours(24);
    private static readonly TimeSpan StackHistory = TimeSpan.FromHours(1);

    public static void Run(GridDraft draft, DateTimeOffset now)
    {
        foreach (var instance in draft.Instances.Values.Where(one => one.Departures.Count > 0).ToList())
        {
            foreach (var departure in instance.Departures.Where(
                one => draft.Scene.ByNodeId(one.NodeId) is null && now - one.OrderedAt > Abandoned))
            {
                if (draft.Instances.Find(instance.Id) is { } current)
                    InstanceChanges.Confirm(draft, current, departure.NodeId, departure.Generation);
            }
        }

        foreach (var orphan in draft.Observed.Values.Where(one => draft.Nodes.Find(one.Node)?.NodeId != one.NodeId).ToList())
            draft.Observed.Delete(InstanceObserved.DocumentId(orphan.Node, orphan.InstanceId));

        foreach (var deploy in draft.StackDeploys.Values
            .Where(one => DeployQueue.IsFinished(one.State) && draft.Stacks.Find(one.Stack) is null && now - one.FinishedAt > StackHistory)
            .ToList())
        {
            draft.StackDeploys.Delete(deploy.Id);
        }
    }
}
