using System.Globalization;

namespace Kontena.Scheduler.Placement.Filters;

/// <summary><c>volumes_from</c> and <c>net: container:NAME</c> need the other container on the same node (runtime.md §2.3).</summary>
internal sealed class DependencyFilter : IPlacementFilter
{
    private const string ContainerNet = "container:";

    public Exclusion? Exclude(PlacementQuery query, Candidate node)
    {
        var spec = query.Board.Spec;
        var needed = spec.VolumesFrom.Select(one => one.Split(':')[0]);
        if (spec.Net.StartsWith(ContainerNet, StringComparison.Ordinal))
            needed = needed.Append(spec.Net[ContainerNet.Length..]);

        foreach (var template in needed)
        {
            var name = template.Replace("%s", Math.Max(1, query.Number).ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
            var stack = query.Board.Service.Stack;
            var there = query.Board.OthersOn(node.Name, query.Number)
                .Any(one => !one.Leaving && (one.Name == name || one.Name == $"{stack}.{name}" || one.Name == $"{stack}-{name}"));
            if (!there)
            {
                return new Exclusion("dependency", $"without container {name}", $"has no container {name}",
                    $"deploy the service of {name} first, or bind both to one node by affinity");
            }
        }

        return null;
    }
}
