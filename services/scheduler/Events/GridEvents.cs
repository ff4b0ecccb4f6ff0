using Kontena.Contracts.Events;
using Kontena.Contracts.Instances;
using Kontena.Contracts.Nodes;
using Kontena.Scheduler.Snapshots;

namespace Kontena.Scheduler.Events;

/// <summary>What a step has done and seen, as events: read from what its documents were before and are after it, so that nothing that is decided can be left out. Pure.</summary>
internal static class GridEvents
{
    public static IReadOnlyList<GridEvent> Of(GridDraft draft)
    {
        var deploys = Net(draft.ServiceDeploys, one => one.Id);
        var stackDeploys = Net(draft.StackDeploys, one => one.Id);
        return
        [
            .. draft.Told,
            .. stackDeploys.Select(one => DeployEvents.BeginOfStack(one.Before, one.After)).OfType<GridEvent>(),
            .. deploys.Select(one => DeployEvents.BeginOfService(one.Before, one.After)).OfType<GridEvent>(),
            .. InstancesOf(draft),
            .. deploys.SelectMany(one => DeployEvents.CourseOfService(one.Before, one.After)),
            .. stackDeploys.Select(one => DeployEvents.EndOfStack(one.Before, one.After)).OfType<GridEvent>(),
            .. Net(draft.Drains, one => one.Node).Select(one => OfDrain(one.Before, one.After)).OfType<GridEvent>(),
        ];
    }

    private static IEnumerable<GridEvent> InstancesOf(GridDraft draft)
    {
        if (draft.Observed.Journal.Count == 0)
            return [];
        // Whose document went in the same step is found where it was last seen.
        var gone = Net(draft.Instances, one => one.Id).Where(one => one.Before is not null && one.After is null).ToDictionary(one => one.Before!.Id, one => one.Before!);
        return Net(draft.Observed, one => InstanceObserved.DocumentId(one.Node, one.InstanceId))
            .SelectMany(one =>
            {
                var id = (one.After ?? one.Before)!.InstanceId;
                var instance = draft.Instances.Find(id) ?? gone.GetValueOrDefault(id);
                return instance is null ? [] : InstanceEvents.Of(instance, one.Before, one.After);
            });
    }

    private static GridEvent? OfDrain(NodeDrain? before, NodeDrain? after) => after?.FinishedAt is null || before?.FinishedAt is not null ? null : new GridEvent
    {
        Grid = after.Grid,
        Type = EventTypes.NodeDrained,
        Severity = EventSeverity.Info,
        Node = after.Node,
        Message = $"node {after.Node} is drained: {after.Instances - after.Left.Count} of {after.Instances} instances have left",
    };

    /// <summary>Of each document what it was before the step and is after it, in the order of their first change; not of one that came and went within it.</summary>
    private static IReadOnlyList<(T? Before, T? After)> Net<T>(DraftTable<T> table, Func<T, string> id)
        where T : class
    {
        var order = new List<string>();
        var net = new Dictionary<string, (T? Before, T? After)>(StringComparer.Ordinal);
        foreach (var (before, after) in table.Journal)
        {
            if ((before ?? after) is not { } any)
                continue;
            var key = id(any);
            if (net.TryGetValue(key, out var known))
            {
                net[key] = (known.Before, after);
            }
            else
            {
                order.Add(key);
                net[key] = (before, after);
            }
        }

        return [.. order.Select(key => net[key]).Where(one => one.Before is not null || one.After is not null)];
    }
}
