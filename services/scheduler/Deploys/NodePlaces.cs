using Kontena.Contracts.Deploys;
using Kontena.Scheduler.Placement;

namespace Kontena.Scheduler.Deploys;

/// <summary>How many more instances of a deploy each node may have under way (<c>deploy.parallelism_per_node</c>).</summary>
internal sealed class NodePlaces(int? perNode, IReadOnlyList<InstanceDeploy> entries)
{
    private readonly Dictionary<string, int> _underWay = entries
        .Where(one => one.State == DeployState.Ongoing)
        .GroupBy(one => one.Node, StringComparer.Ordinal)
        .ToDictionary(group => group.Key, group => group.Count(), StringComparer.Ordinal);

    /// <summary>The first of them whose nodes have a place left, which is theirs from now on.</summary>
    /// <param name="most">Less than one: none.</param>
    public List<Assignment> Take(IEnumerable<Assignment> turns, int most)
    {
        List<Assignment> taken = [];
        if (most < 1)
            return taken;
        foreach (var turn in turns)
        {
            var there = _underWay.GetValueOrDefault(turn.Node.Name);
            if (there >= perNode)
                continue;
            _underWay[turn.Node.Name] = there + 1;
            taken.Add(turn);
            if (taken.Count == most)
                break;
        }

        return taken;
    }
}
