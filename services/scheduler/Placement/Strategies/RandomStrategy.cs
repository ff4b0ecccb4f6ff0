using Kontena.Contracts.Services;

namespace Kontena.Scheduler.Placement.Strategies;

/// <summary>Any node; once drawn, the instance stays there.</summary>
/// <remarks>Each node draws the times at which it takes its first, second, … instance of the service, with the same mean distance; who comes
/// first gets the next one. That is as even as casting a die for each instance, and what one node draws does not depend on which others
/// there are.</remarks>
internal sealed class RandomStrategy : IPlacementStrategy
{
    private const double Fraction = 1 << 20;

    public string Name => "random";

    public TimeSpan Grace => TimeSpan.Zero;

    public bool PerNode => false;

    public string? SpreadKey(ServiceSpec spec) => spec.Spread;

    public IReadOnlyList<string> Terms { get; } = ["lot drawn"];

    public NodeScore Score(PlacementBoard board, Candidate node)
    {
        var at = 0d;
        for (var turn = 0; turn <= board.CountOn(node); turn++)
            at -= Math.Log(Draw(board.Seed, node.Node.Number, turn));
        return new NodeScore((long)(at * Fraction));
    }

    /// <summary>Above 0, at most 1: SplitMix64 over what is given.</summary>
    private static double Draw(ulong seed, int node, int turn)
    {
        var mixed = unchecked(seed + ((ulong)node * 0x9E3779B97F4A7C15UL) + ((ulong)turn * 0xD1B54A32D192ED03UL));
        mixed = unchecked((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9UL);
        mixed = unchecked((mixed ^ (mixed >> 27)) * 0x94D049BB133111EBUL);
        mixed ^= mixed >> 31;
        return ((mixed >> 11) + 1) / (double)(1UL << 53);
    }
}
