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
        foreach (var instance in draft.Instances.By(Groupings.Leaving).Of(Groupings.All).Values)
        {
            foreach (var departure in instance.Departures.Where(
                one => draft.Scene.ByNodeId(one.NodeId) is null && now - one.OrderedAt > Abandoned))
            {
                if (draft.Instances.Find(instance.Id) is { } current)
                    InstanceChanges.Confirm(draft, current, departure.NodeId, departure.Generation);
            }
        }

        var said = draft.Observed.By(Groupings.SaidBy);
        foreach (var own in said.Keys.Select(said.Of))
        {
            var one = own.Values.First();
            if (draft.Nodes.Find(one.Node)?.NodeId == one.NodeId)
                continue;
            foreach (var orphan in own.Keys)
                draft.Observed.Delete(orphan);
        }

        foreach (var deploy in draft.StackDeploys.Values
            .Where(one => DeployQueue.IsFinished(one.State) && draft.Stacks.Find(one.Stack) is null && now - one.FinishedAt > StackHistory)
            .ToList())
        {
            draft.StackDeploys.Delete(deploy.Id);
        }
    }
}
