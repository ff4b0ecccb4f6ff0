using Kontena.Contracts.Services;

namespace Kontena.Scheduler.Placement.Strategies;

/// <summary>Fills one node after the other: the one of whose memory or cores most is reserved and that still has room, so that others stay empty for
/// what is large, or can be switched off.</summary>
/// <remarks>Room is what is reserved: services that reserve nothing all fit on one node, up to <c>deploy.max_per_node</c>.</remarks>
internal sealed class BinpackStrategy : IPlacementStrategy
{
    /// <summary>Shares are told in thousandths.</summary>
    private const long Whole = 1000;

    public string Name => "binpack";

    public TimeSpan Grace => TimeSpan.Zero;

    public bool PerNode => false;

    public string? SpreadKey(ServiceSpec spec) => spec.Spread;

    public IReadOnlyList<string> Terms { get; } = ["thousandths free", "instances on the node, negated"];

    public NodeScore Score(PlacementBoard board, Candidate node)
    {
        var load = board.LoadOf(node) + (board.Need * board.CountOn(node));
        var memory = node.Memory <= 0 ? 0 : load.Memory * Whole / node.Memory;
        var cpus = node.NanoCpus <= 0 ? 0 : (long)((double)load.NanoCpus * Whole / node.NanoCpus);
        return new NodeScore(Whole - Math.Max(memory, cpus), -load.Instances);
    }
}
