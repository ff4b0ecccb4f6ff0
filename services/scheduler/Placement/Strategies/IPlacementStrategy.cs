using Kontena.Scheduler.Placement.Filters;

namespace Kontena.Scheduler.Placement.Strategies;

/// <summary>Which of the nodes that may take an instance is the best (runtime.md §2.6).</summary>
internal interface IPlacementStrategy
{
    /// <summary>As written in <c>deploy.strategy</c>.</summary>
    string Name { get; }

    /// <summary>How long a node that went offline keeps its instances.</summary>
    TimeSpan Grace { get; }

    /// <summary>The wanted number of instances is meant for each node, not for the grid.</summary>
    bool PerNode { get; }

    /// <param name="query">The instance in question.</param>
    /// <param name="candidates">At least one, by node number.</param>
    /// <param name="seed">The same seed draws the same lots.</param>
    Candidate Choose(PlacementQuery query, IReadOnlyList<Candidate> candidates, ulong seed);
}
