using Kontena.Core.Affinities;

namespace Kontena.Scheduler.Placement.Filters;

/// <summary>The hard affinity rules, all of them (runtime.md §2.4). Wishes come last, see <see cref="SoftAffinity"/>.</summary>
internal sealed class AffinityFilter : IPlacementFilter
{
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

    public static bool IsMet(AffinityExpression rule, PlacementQuery query, Candidate node) =>
        Subjects(rule, query, node).Any(rule.Matches) != rule.Negated;

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
        var placed = query.Board.OthersOn(node.Name, query.Number)
            .Where(one => !one.Leaving)
            .Select(one => (one.Instance.Stack, one.Instance.Service));
        if (query.Board.ChosenOn(node.Name).Any(number => number != query.Number))
            placed = placed.Append((own.Stack, own.Name));
        return rule.NamesStack
            ? placed.Select(one => $"{one.Stack}/{one.Service}")
            : placed.Where(one => one.Stack == own.Stack).Select(one => one.Service);
    }

    private static IEnumerable<string> Containers(PlacementQuery query, Candidate node) =>
        query.Board.OthersOn(node.Name, query.Number).Where(one => !one.Leaving).Select(one => one.Name)
            .Concat(query.Board.ChosenOn(node.Name).Where(number => number != query.Number).Select(query.Board.NameOf));
}
