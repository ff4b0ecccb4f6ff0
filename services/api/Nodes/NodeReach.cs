using Kontena.Api.Snapshots;
using Kontena.Contracts.Nodes;

namespace Kontena.Api.Nodes;

/// <summary>Whether it makes sense to ask a node something.</summary>
internal static class NodeReach
{
    /// <returns>Why not, for whoever asked; null when it does.</returns>
    /// <remarks>A suspect node missed a few heartbeats; it is offline soon, if it is lost.</remarks>
    public static async Task<string?> WhyAwayAsync(this SnapshotReader reader, string grid, string node, CancellationToken cancellationToken) =>
        (await reader.LivenessAsync(grid, node, cancellationToken))?.State is LivenessState.Online or LivenessState.Suspect
            ? null
            : $"node {node} does not answer; its containers can't be reached until it does";
}
