using Kontena.Scheduler.Placement.Filters;

namespace Kontena.Scheduler.Placement;

/// <summary>Wishes (<c>~</c>): each narrows what all hard rules left over, unless nothing would remain.</summary>
/// <remarks>They come after every hard rule, so that an early wish can't starve a later must.</remarks>
internal static class SoftAffinity
{
    public static IReadOnlyList<Candidate> Narrow(PlacementQuery query, IReadOnlyList<Candidate> candidates)
    {
        foreach (var wish in query.Affinities.Where(rule => rule.Soft))
        {
            var narrowed = candidates.Where(node => AffinityFilter.IsMet(wish, query, node)).ToList();
            if (narrowed.Count > 0)
                candidates = narrowed;
        }

        return candidates;
    }
}
