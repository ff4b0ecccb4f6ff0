using Kontena.Contracts.Services;
using Kontena.Core.Affinities;

namespace Kontena.Scheduler.Placement.Filters;

/// <summary>The hard affinity rules, all of them (runtime.md §2.4). Wishes come last, see <see cref="SoftAffinity"/>.</summary>
internal sealed class AffinityFilter : IPlacementFilter
{
    public bool IsPersonal(ServiceSpec spec, IReadOnlyList<AffinityExpression> affinities) =>
        affinities.Any(rule => rule.Value.Contains("%s", StringComparison.Ordinal));

    public bool Admits(PlacementQuery query, Candidate node)
    {
        var rules = query.Affinities;
        for (var at = 0; at < rules.Count; at++)
        {
            if (!rules[at].Soft && !IsMet(rules[at], query, node))
                return false;
        }

        return true;
    }

    public Exclusion? Exclude(PlacementQuery query, Candidate node)
    {
        foreach (var rule in query.Affinities)
        {
            if (!rule.Soft && !IsMet(rule, query, node))
            {
                return new Exclusion("affinity", $"failing {rule.Text}", $"{Found(rule, query, node)}, wanted {rule.Text}",
                    $"change the affinity {rule.Text} or the node's {rule.Subject.ToString().ToLowerInvariant()}");
            }
        }

        return null;
    }

    public static bool IsMet(AffinityExpression rule, PlacementQuery query, Candidate node) => Matches(rule, query, node) != rule.Negated;

    private static bool Matches(AffinityExpression rule, PlacementQuery query, Candidate node)
    {
        if (rule.Subject == AffinitySubject.Node)
            return rule.Matches(node.Name);
        if (rule.Subject != AffinitySubject.Label)
            return Subjects(rule, query, node).Any(rule.Matches);
        var labels = node.Node.Labels;
        for (var at = 0; at < labels.Count; at++)
        {
            if (rule.Matches(labels[at]))
                return true;
        }

        return false;
    }

    private static string Found(AffinityExpression rule, PlacementQuery query, Candidate node)
    {
        var found = Subjects(rule, query, node).Distinct(StringComparer.Ordinal).Take(5).ToList();
        var subject = rule.Subject.ToString().ToLowerInvariant();
        return found.Count == 0 ? $"has no {subject}" : $"has {subject} {string.Join(", ", found)}";
    }

    private static IEnumerable<string> Subjects(AffinityExpression rule, PlacementQuery query, Candidate node) => rule.Subject switch
    {
        AffinitySubject.Node => [node.Name],
        AffinitySubject.Label => node.Node.Labels,
        AffinitySubject.Service => Services(rule, query, node),
        _ => Containers(query, node),
    };

    // Assigned counts, running or not; the own instances that were given a node earlier in this run too, so that a service can avoid
    // itself.
    private static IEnumerable<string> Services(AffinityExpression rule, PlacementQuery query, Candidate node)
    {
        var own = query.Board.Service;
        foreach (var one in Neighbours(query, node))
        {
            if (rule.NamesStack)
                yield return $"{one.Instance.Stack}/{one.Instance.Service}";
            else if (one.Instance.Stack == own.Stack)
                yield return one.Instance.Service;
        }

        if (query.Board.CountOn(node) > 0)
            yield return rule.NamesStack ? $"{own.Stack}/{own.Name}" : own.Name;
    }

    private static IEnumerable<string> Containers(PlacementQuery query, Candidate node) =>
        Neighbours(query, node).Select(one => one.Name).Concat(query.Board.NamesOn(node));

    private static IEnumerable<Occupant> Neighbours(PlacementQuery query, Candidate node) =>
        query.Board.Scene.On(node).All.Where(one => !one.Leaving && query.IsOther(one));
}
