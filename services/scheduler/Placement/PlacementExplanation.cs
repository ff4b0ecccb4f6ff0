namespace Kontena.Scheduler.Placement;

/// <summary>Why one node can't take an instance.</summary>
/// <param name="Rule">The filter that said no.</param>
/// <param name="Phrase">Reads after a count: "2 <em>lacking 512 MB of memory</em>".</param>
/// <param name="Detail">The numbers on this node.</param>
/// <param name="Remedy">What would change the answer.</param>
internal sealed record Exclusion(string Rule, string Phrase, string Detail, string Remedy);

internal sealed record NodeExclusion(string Node, Exclusion Exclusion);

/// <summary>Why an instance found no node: every node with the rule that excluded it (design law 7).</summary>
internal sealed record PlacementExplanation(string Instance, IReadOnlyList<NodeExclusion> Nodes, string? Problem = null)
{
    /// <summary>Nodes and remedies spelled out in <see cref="ToString"/>; the rest is counted.</summary>
    private const int Spelled = 5;

    /// <summary>e.g. <c>no node for shop.web-3: of 4 nodes 2 lacking 512 MB of memory, 1 draining, 1 failing label==ssd</c>.</summary>
    public string Summary
    {
        get
        {
            if (Problem is not null)
                return $"no node for {Instance}: {Problem}";
            if (Nodes.Count == 0)
                return $"no node for {Instance}: the grid has no nodes";
            var groups = Nodes
                .GroupBy(one => one.Exclusion.Phrase, StringComparer.Ordinal)
                .OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal)
                .Select(group => $"{group.Count()} {group.Key}");
            return $"no node for {Instance}: of {Nodes.Count} {(Nodes.Count == 1 ? "node" : "nodes")} {string.Join(", ", groups)}";
        }
    }

    /// <summary>The summary, what was found on each node, and what would change the answer.</summary>
    public override string ToString()
    {
        if (Nodes.Count == 0)
            return Problem is null ? Summary + "; join a node to it" : Summary;
        var details = Nodes.Take(Spelled).Select(one => $"{one.Node}: {one.Exclusion.Detail}");
        var more = Nodes.Count > Spelled ? $"; and {Nodes.Count - Spelled} more" : "";
        var remedies = Nodes.Select(one => one.Exclusion.Remedy).Distinct(StringComparer.Ordinal).Take(Spelled);
        return $"{Summary} ({string.Join("; ", details)}{more}). To change this: {string.Join(", or ", remedies)}";
    }
}
