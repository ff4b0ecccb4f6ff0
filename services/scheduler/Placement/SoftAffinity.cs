using Kontena.Scheduler.Placement.Filters;

namespace Kontena.Scheduler.Placement;

/// <summary>Wishes (<c>~</c>): each narrows what all hard rules left over, unless nothing would remain.</summary>
/// <remarks>They come after every hard rule, so that an early wish can't starve a later must. To narrow by one wish after the other is to take
/// those nodes whose missed wishes, the first one weighing more than all later ones together, weigh least.</remarks>
internal static class SoftAffinity
{
    /// <summary>Wishes of one service that are heeded; further ones are not.</summary>
    public const int Most = 64;

    /// <summary>The wishes the node does not fulfil: one bit each, the first wish the highest.</summary>
    public static ulong Missed(PlacementQuery query, Candidate node)
    {
        var missed = 0UL;
        var bit = 1UL << (Most - 1);
        var rules = query.Affinities;
        for (var at = 0; at < rules.Count && bit != 0; at++)
        {
            if (!rules[at].Soft)
                continue;
            if (!AffinityFilter.IsMet(rules[at], query, node))
                missed |= bit;
            bit >>= 1;
        }

        return missed;
    }
}
