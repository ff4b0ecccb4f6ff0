namespace Kontena.Contracts.Placement;

/// <summary>To the scheduler shard: where do the instances of a service belong as things are now, and why. Answered with <see cref="PlacementExplained"/>;
/// nothing is changed.</summary>
public sealed record ExplainPlacement
{
    public required string Grid { get; init; }
    public required string Stack { get; init; }
    public required string Service { get; init; }

    /// <summary>The one instance to tell of, from 1; null for all, of which the first hundred are told, fewer in grids of more than 500 nodes.</summary>
    public int? Instance { get; init; }
}

/// <summary>What placement says about each instance and node of a service. Also the body of <c>GET …/explain</c>.</summary>
public sealed record PlacementExplained
{
    /// <summary>False: there is no such service; nothing else is said.</summary>
    public required bool Found { get; init; }

    /// <summary>Why nothing could be planned: a rule that can't be read. Null when it could.</summary>
    public string? Problem { get; init; }

    /// <summary>Who reaches the service, in a line for people, when its stack is private. Null when it is not; older schedulers never say.</summary>
    public string? Reach { get; init; }

    /// <summary>Instances that are wanted; for a strategy per node, all that its nodes make.</summary>
    public int Wanted { get; init; }

    /// <summary>Instances for which a node was found, up to the first without one.</summary>
    public int Placed { get; init; }

    /// <summary>Those that keep their node first, then in the order of their numbers; the first without a node ends the list,
    /// whatever is left out.</summary>
    public IReadOnlyList<ExplainedInstance> Instances { get; init; } = [];

    /// <summary>Instances with a node that are not in <see cref="Instances"/>, when all were asked for.</summary>
    public int More { get; init; }

    /// <summary>What would let every instance be placed. Each was tried before it is named.</summary>
    public IReadOnlyList<SuggestedChange> Suggestions { get; init; } = [];
}

/// <param name="Number">From 1.</param>
/// <param name="Name">Of its container.</param>
/// <param name="Now">The node it is on; null when on none.</param>
/// <param name="Node">The node it belongs on; null when none was found.</param>
/// <param name="Stays">It is there, and no rule forbids it: it was not compared with others.</param>
/// <param name="Problem">What stands in the way on every node, such as a quota; else null.</param>
/// <param name="Nodes">The chosen one first, then those that may take it from best to worst, then those that may not; at most a hundred.</param>
public sealed record ExplainedInstance(
    int Number, string Name, string? Now, string? Node, bool Stays, string? Problem, IReadOnlyList<ExplainedNode> Nodes);

/// <param name="Node">Its name.</param>
/// <param name="Rule">The rule that forbids it, e.g. <c>memory</c>; null when it may take the instance.</param>
/// <param name="Detail">The numbers on this node.</param>
/// <param name="Remedy">What would change the answer here.</param>
/// <param name="Score">What it was compared by, in the order of weight; less is better.</param>
public sealed record ExplainedNode(string Node, string? Rule, string? Detail, string? Remedy, IReadOnlyList<ExplainedTerm> Score);

public sealed record ExplainedTerm(string Name, long Value);

/// <param name="Kind"><c>scale</c>, <c>activate</c>, <c>add-nodes</c> or <c>drop-affinity</c>.</param>
/// <param name="Text">For people: what to do, and with which command where there is one.</param>
/// <param name="Instances">For <c>scale</c>: how many instances find a node.</param>
/// <param name="Nodes">For <c>activate</c>: the draining nodes.</param>
/// <param name="Count">For <c>add-nodes</c>: how many.</param>
/// <param name="Labels">For <c>add-nodes</c>: the labels each has to have.</param>
/// <param name="Cpus">For <c>add-nodes</c>: the cores of each.</param>
/// <param name="Memory">For <c>add-nodes</c>: bytes of each.</param>
/// <param name="Affinity">For <c>drop-affinity</c>: the rule.</param>
public sealed record SuggestedChange(
    string Kind,
    string Text,
    int? Instances = null,
    IReadOnlyList<string>? Nodes = null,
    int? Count = null,
    IReadOnlyList<string>? Labels = null,
    int? Cpus = null,
    long? Memory = null,
    string? Affinity = null);
