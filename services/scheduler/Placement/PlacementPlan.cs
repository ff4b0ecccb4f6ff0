using Kontena.Contracts.Nodes;

namespace Kontena.Scheduler.Placement;

/// <summary>Where every instance of a service belongs, or why that can't be said.</summary>
internal abstract record PlacementPlan
{
    private PlacementPlan()
    {
    }

    /// <summary>One node for each number from 1 on, in that order.</summary>
    public sealed record Placed(IReadOnlyList<Assignment> Assignments) : PlacementPlan;

    /// <param name="Explanation">Which rule said no on which node.</param>
    /// <param name="AwaitsSuspect">A node that is only suspect would have taken it: it is online again in a moment, or offline.</param>
    public sealed record Refused(PlacementExplanation Explanation, bool AwaitsSuspect = false) : PlacementPlan
    {
        /// <summary>The instances that had a node when the first was found to have none, by number.</summary>
        public IReadOnlyList<Assignment> Found { get; init; } = [];
    }
}

/// <param name="Kept">The instance was there already.</param>
internal sealed record Assignment(int Number, Node Node, bool Kept);
