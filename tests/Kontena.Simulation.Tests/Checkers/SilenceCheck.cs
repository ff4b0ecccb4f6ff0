using Kontena.Contracts.Nodes;

namespace Kontena.Simulation.Tests.Checkers;

/// <summary>A node that is well is never given up, whatever happens to the broker, the store or grid-manager (decision 0007).</summary>
internal static class SilenceCheck
{
    /// <summary>So long an agent must have been up, on an unbroken line that lost none of its heartbeats, for its being given up to be a mistake.</summary>
    private static readonly TimeSpan Well = TimeSpan.FromSeconds(40);

    public static void WentOffline(World world, NodeLiveness liveness)
    {
        var nodeId = world.State.Nodes.GetValueOrDefault(liveness.Node)?.NodeId;
        if (nodeId is null || world.FindMachine(nodeId) is not { IsOn: true, Agent: { IsRefused: false } } machine)
            return;
        if (machine.WellSince is { } since && world.Timeline.Elapsed - since > Well)
            world.Break("a node that is well is not given up", $"{liveness.Node} is called offline, but its agent has been well for {(world.Timeline.Elapsed - since).TotalSeconds:0} s");
    }
}
