namespace Kontena.Scheduler.Placement;

/// <summary>Watches a planning run and writes down what it decides on. It asks every node about every instance it reports, which planning itself
/// avoids.</summary>
internal sealed class PlacementWitness(PlacementRun run, int? only, int most)
{
    private readonly List<InstanceReport> _reports = [];

    public IReadOnlyList<InstanceReport> Reports => _reports;

    /// <summary>An instance is about to be given the node, or has found none.</summary>
    public void Decided(PlacementQuery query, Candidate? chosen, bool kept, string? problem = null)
    {
        if (only is null ? chosen is not null && _reports.Count >= most : query.Number != only)
            return;
        var board = run.Board;
        var zones = run.SpreadKey is { } key ? board.Scene.ZonesBy(key) : null;
        var loads = new int[zones?.Names.Count ?? 0];
        foreach (var (node, count) in board.Choices)
        {
            if (zones is not null)
                loads[zones.Of(node)] += count;
        }

        var someAvoided = board.Scene.Nodes.Any(run.IsAvoided);
        var judged = board.Scene.Nodes
            .Select(node => (Node: node, Exclusion: run.Excluded(query, node), Rank: Rank(node)))
            .OrderBy(one => one.Node == chosen ? 0 : one.Exclusion is null ? 1 : 2)
            .ThenBy(one => one.Exclusion is null ? one.Rank : default)
            .ThenBy(one => one.Node.Index)
            .Select(one => new NodeReport(one.Node.Name, one.Exclusion, one.Exclusion is null ? [.. Terms(one.Node, one.Rank)] : []));
        _reports.Add(new InstanceReport(query.Number, board.NameOf(query.Number), chosen?.Name, kept, [.. judged], problem));

        NodeRank Rank(Candidate node) => new(
            run.IsAvoided(node) ? 1 : 0, SoftAffinity.Missed(query, node), zones is null ? 0 : loads[zones.Of(node)], run.Strategy.Score(board, node), node.Index);

        IEnumerable<ScoreTerm> Terms(Candidate node, NodeRank rank)
        {
            if (someAvoided)
                yield return new ScoreTerm(node.Trouble is null ? "degraded" : $"degraded ({node.Trouble})", rank.Degraded);
            var bit = 1UL << (SoftAffinity.Most - 1);
            foreach (var wish in query.Affinities.Where(rule => rule.Soft).Take(SoftAffinity.Most))
            {
                yield return new ScoreTerm($"misses {wish.Text}", (rank.Missed & bit) == 0 ? 0 : 1);
                bit >>= 1;
            }

            if (zones is not null)
                yield return new ScoreTerm($"own instances in {zones.Names[zones.Of(node)]}", rank.Zone);
            long[] values = [rank.Score.First, rank.Score.Second, rank.Score.Third];
            for (var at = 0; at < run.Strategy.Terms.Count; at++)
                yield return new ScoreTerm(run.Strategy.Terms[at], values[at]);
            yield return new ScoreTerm("number of the node", node.Node.Number);
        }
    }
}
