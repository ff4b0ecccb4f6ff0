using Kontena.Contracts.Http;
using Kontena.Contracts.Instances;
using Kontena.Contracts.Nodes;
using Kontena.Contracts.Volumes;

namespace Kontena.Api.Volumes;

/// <summary>What of a grid's data is on one machine and nowhere else.</summary>
internal static class NodeData
{
    public static NodeDataJson? Of(Node node, IReadOnlyList<Instance> instances, IReadOnlyList<VolumeInstance> volumes)
    {
        if (node.NodeId is not { } nodeId)
            return null;
        // A service that was removed takes its data along: its instances have no node any more.
        var stateful = instances.Where(one => one.NodeId == nodeId && one.Spec is { Stateful: true }).Select(one => one.Spec!.Name);
        var data = new NodeDataJson(
            [.. stateful.Order(StringComparer.Ordinal)],
            [.. volumes.Where(one => one.NodeId == nodeId && one.RemovalOrderedAt is null).Select(one => one.Name).Order(StringComparer.Ordinal)]);
        return data.Instances.Count + data.Volumes.Count == 0 ? null : data;
    }
}
