using System.Globalization;
using Kontena.Contracts.Services;
using Kontena.Core.Affinities;

namespace Kontena.Scheduler.Placement.Filters;

/// <summary><c>volumes_from</c> and <c>net: container:NAME</c> need the other container on the same node (runtime.md §2.3).</summary>
internal sealed class DependencyFilter : IPlacementFilter
{
    private const string ContainerNet = "container:";

    public bool Concerns(ServiceSpec spec) => spec.VolumesFrom.Count > 0 || spec.Net.StartsWith(ContainerNet, StringComparison.Ordinal);

    public bool IsPersonal(ServiceSpec spec, IReadOnlyList<AffinityExpression> affinities) =>
        Needed(spec).Any(one => one.Contains("%s", StringComparison.Ordinal));

    public Exclusion? Exclude(PlacementQuery query, Candidate node)
    {
        foreach (var template in Needed(query.Board.Spec))
        {
            var name = template.Replace("%s", Math.Max(1, query.Number).ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
            var stack = query.Board.Service.Stack;
            var there = query.Board.Scene.On(node).All
                .Any(one => !one.Leaving && query.IsOther(one) && (one.Name == name || one.Name == $"{stack}.{name}" || one.Name == $"{stack}-{name}"));
            if (!there)
            {
                return new Exclusion("dependency", $"without container {name}", $"has no container {name}",
                    $"deploy the service of {name} first, or bind both to one node by affinity");
            }
        }

        return null;
    }

    private static IEnumerable<string> Needed(ServiceSpec spec)
    {
        var needed = spec.VolumesFrom.Select(one => one.Split(':')[0]);
        return spec.Net.StartsWith(ContainerNet, StringComparison.Ordinal) ? needed.Append(spec.Net[ContainerNet.Length..]) : needed;
    }
}
