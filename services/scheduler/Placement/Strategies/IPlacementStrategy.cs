using Kontena.Contracts.Services;

namespace Kontena.Scheduler.Placement.Strategies;

/// <summary>Which of the nodes that may take an instance is the best (runtime.md §2.6).</summary>
internal interface IPlacementStrategy
{
    /// <summary>As written in <c>deploy.strategy</c>.</summary>
    string Name { get; }

    /// <summary>How long a node that went offline keeps its instances. None where they could run elsewhere: offline is a verdict already
    /// (decision 0023).</summary>
    TimeSpan Grace { get; }

    /// <summary>The wanted number of instances is meant for each node, not for the grid.</summary>
    bool PerNode { get; }

    /// <summary>The label whose values each get as many instances as the others, before anything else counts; null when none is spread
    /// over.</summary>
    string? SpreadKey(ServiceSpec spec);

    /// <summary>What the terms of <see cref="Score"/> count, for people; as many as are used.</summary>
    IReadOnlyList<string> Terms { get; }

    /// <summary>How good the node is for one more instance. Depends on nothing but what lies on this node.</summary>
    NodeScore Score(PlacementBoard board, Candidate node);
}

/// <summary>The lower the better, the first term before the second, before the third; equal ones go by the number of the node.</summary>
internal readonly record struct NodeScore(long First = 0, long Second = 0, long Third = 0) : IComparable<NodeScore>
{
    public int CompareTo(NodeScore other)
    {
        var first = First.CompareTo(other.First);
        if (first != 0)
            return first;
        var second = Second.CompareTo(other.Second);
        return second != 0 ? second : Third.CompareTo(other.Third);
    }
}
