using Kontena.Contracts.Nodes;
using Kontena.Scheduler.Snapshots;

namespace Kontena.Scheduler.Nodes;

/// <summary>Keeps one document per node that is drained: how far it has come, and when it was done. Moving itself is the work of automatic deploys.</summary>
internal static class NodeDrains
{
    public static void Run(GridDraft draft, DateTimeOffset now)
    {
        foreach (var drain in draft.Drains.Values.Where(one => draft.Nodes.Find(one.Node) is not { Availability: NodeAvailability.Drain }).ToList())
            draft.Drains.Delete(drain.Node);
        foreach (var node in draft.Nodes.Values.Where(one => one.Availability == NodeAvailability.Drain))
            Look(draft, node, now);
    }

    private static void Look(GridDraft draft, Node node, DateTimeOffset now)
    {
        var known = draft.Drains.Find(node.Name);
        var left = DrainProgress.Of(draft, node);
        var done = DrainProgress.IsDone(left);
        var next = new NodeDrain
        {
            Grid = draft.Name,
            Node = node.Name,
            StartedAt = known?.StartedAt ?? now,
            Instances = Math.Max(known?.Instances ?? 0, left.Count),
            Left = left,
            FinishedAt = done ? known?.FinishedAt ?? now : null,
        };
        if (known is not null && known.Left.SequenceEqual(left) && known.FinishedAt == next.FinishedAt)
            return;
        draft.Drains.Put(next);
        if (done && known?.FinishedAt is null)
        {
            draft.Note($"node {node.Name} is drained: {next.Instances - left.Count} of {next.Instances} instances have left"
                + (left.Count == 0 ? "" : $", {string.Join(", ", left.Select(one => one.Name))} stay"));
        }
    }
}
