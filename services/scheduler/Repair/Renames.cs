using Kontena.Contracts.Instances;
using Kontena.Scheduler.Snapshots;

namespace Kontena.Scheduler.Repair;

/// <summary>A machine whose record was removed may join again under another name: what runs on it, and the data it holds, is still its own.</summary>
internal static class Renames
{
    public static void Run(GridDraft draft)
    {
        var places = draft.Instances.By(Groupings.OnMachine);
        foreach (var own in places.Keys.Select(places.Of))
        {
            var (node, nodeId) = (own.Values.First().Node!, own.Values.First().NodeId!);
            if (draft.Nodes.Find(node)?.NodeId == nodeId || draft.Scene.ByNodeId(nodeId) is not { } machine)
                continue;
            foreach (var instance in own.Values)
            {
                draft.Instances.Put(instance with { Node = machine.Name });
                draft.Note($"{instance.Spec?.Name ?? instance.Id} is on {machine.Name}, which was called {node} before");
            }
        }
    }
}
