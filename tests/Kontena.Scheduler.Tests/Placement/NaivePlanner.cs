using Kontena.Contracts.Instances;
using Kontena.Contracts.Services;
using Kontena.Scheduler.Placement;
using Kontena.Scheduler.Placement.Filters;

namespace Kontena.Scheduler.Tests.Placement;

/// <summary>Says the same as <see cref="PlacementPlanner"/> in the plainest way: for each instance every node is asked, the wishes narrow one
/// after the other, and all that is left is sorted.</summary>
internal static class NaivePlanner
{
    /// <returns>The names of the nodes chosen, for instance 1 on; null when one finds none.</returns>
    public static IReadOnlyList<string>? Plan(PlacementScene scene, Service service, IReadOnlyList<Instance> own, DateTimeOffset now, ulong seed)
    {
        if (!PlacementRun.TryBegin(scene, service, own, now, seed, out var run, out _))
            return null;
        var count = service.Spec.Instances;
        if (run.Strategy.PerNode)
            count *= scene.Nodes.Count(node => run.Excluded(run.Query(PlacementQuery.Any), node) is null);
        if (count == 0)
            return null;

        var chosen = new Candidate?[count];
        for (var number = 1; number <= count; number++)
        {
            var home = scene.Nodes.FirstOrDefault(node => node.Name == run.Board.Current(number)?.Node);
            if (home is not null && run.Excluded(run.Query(number), home) is null)
                Choose(number, home);
        }

        for (var number = 1; number <= count; number++)
        {
            if (chosen[number - 1] is not null)
                continue;
            var query = run.Query(number);
            var candidates = scene.Nodes.Where(node => run.Excluded(query, node) is null).ToList();
            if (!run.Strategy.PerNode && candidates.Any(node => node.Trouble is null))
                candidates = [.. candidates.Where(node => node.Trouble is null)];
            foreach (var wish in query.Affinities.Where(rule => rule.Soft))
            {
                var narrowed = candidates.Where(node => AffinityFilter.IsMet(wish, query, node)).ToList();
                if (narrowed.Count > 0)
                    candidates = narrowed;
            }

            if (candidates.Count == 0)
                return null;
            Choose(number, candidates
                .OrderBy(node => run.SpreadKey is { } key ? scene.Nodes.Where(one => one.Zone(key) == node.Zone(key)).Sum(run.Board.CountOn) : 0)
                .ThenBy(node => run.Strategy.Score(run.Board, node))
                .ThenBy(node => node.Node.Number)
                .First());
        }

        return [.. chosen.Select(node => node!.Name)];

        void Choose(int number, Candidate node)
        {
            run.Board.Choose(number, node);
            chosen[number - 1] = node;
        }
    }
}
