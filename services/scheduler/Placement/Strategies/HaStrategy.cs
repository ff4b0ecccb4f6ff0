using Kontena.Contracts.Services;

namespace Kontena.Scheduler.Placement.Strategies;

/// <summary>Spreads: the zone with the fewest instances of the service, in it the node with the fewest, of those the one that carries
/// least.</summary>
internal sealed class HaStrategy : IPlacementStrategy
{
    public string Name => "ha";

    public TimeSpan Grace => TimeSpan.Zero;

    public bool PerNode => false;

    public string SpreadKey(ServiceSpec spec) => spec.Spread ?? "az";

    public IReadOnlyList<string> Terms { get; } = ["own instances on the node", "tenths of its memory reserved", "instances of others on the node"];

    // The share in tenths, so that a few megabytes do not outweigh the number of instances.
    public NodeScore Score(PlacementBoard board, Candidate node)
    {
        var load = board.LoadOf(node);
        return new NodeScore(board.CountOn(node), node.Memory <= 0 ? 0 : load.Memory * 10 / node.Memory, load.Instances);
    }
}
