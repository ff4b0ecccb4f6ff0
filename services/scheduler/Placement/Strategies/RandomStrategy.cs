using Kontena.Scheduler.Placement.Filters;

namespace Kontena.Scheduler.Placement.Strategies;

/// <summary>Any node; once drawn, the instance stays there.</summary>
internal sealed class RandomStrategy : IPlacementStrategy
{
    public string Name => "random";

    public TimeSpan Grace { get; } = TimeSpan.FromSeconds(30);

    public bool PerNode => false;

    public Candidate Choose(PlacementQuery query, IReadOnlyList<Candidate> candidates, ulong seed)
    {
        // SplitMix64: one well mixed number per (seed, instance).
        var mixed = unchecked(seed + ((ulong)query.Number * 0x9E3779B97F4A7C15UL));
        mixed = unchecked((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9UL);
        mixed = unchecked((mixed ^ (mixed >> 27)) * 0x94D049BB133111EBUL);
        mixed ^= mixed >> 31;
        return candidates[(int)(mixed % (ulong)candidates.Count)];
    }
}
