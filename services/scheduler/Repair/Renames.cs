using Kontena.Contracts.Instances;
using Kontena.Scheduler.Snapshots;

namespace Kontena.Scheduler.Repair;

/// <summary>A machine whose record was removed may join again under another name: what runs on it, and the data it holds, is still its own.</summary>
internal static class Renames
{
    public static void Run(GridDraft draft)
    {
        foreach (var instance in draft.Instances.Values.Where(one => one is { Node: not null, NodeId: not null }).ToList())
        {
            if (draft.Nodes.Find(instance.Node!)?.NodeId == instance.NodeId || draft.Scene.ByNodeId(instance.NodeId!) is not { } machine)
                continue;
            draft.Instances.Put(instance with { Node = machine.Name });
            draft.Note($"{instance.Spec?.Name ?? instance.Id} is on {machine.Name}, which was called {instance.Node} before");
        }
    }
}
