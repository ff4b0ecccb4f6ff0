using Kontena.Contracts.Instances;
using Kontena.Core.Affinities;
using Kontena.Scheduler.Placement.Strategies;

namespace Kontena.Scheduler.Placement.Filters;

/// <summary>A hard rule: may this instance be on this node?</summary>
internal interface IPlacementFilter
{
    /// <summary>Null when it may; else why not, with numbers.</summary>
    Exclusion? Exclude(PlacementQuery query, Candidate node);
}

/// <summary>The question "where may instance <paramref name="Number"/> go?"</summary>
/// <param name="Board">What is known, and what was chosen earlier in the run.</param>
/// <param name="Number">1 to N; 0 asks for any instance of the service (how many nodes would take one).</param>
/// <param name="Strategy">Says how long a lost node keeps its instances.</param>
/// <param name="Affinities">The rules of the service, or of the grid when it has none, for this number.</param>
/// <param name="Now">The time of the run.</param>
internal sealed record PlacementQuery(
    PlacementBoard Board, int Number, IPlacementStrategy Strategy, IReadOnlyList<AffinityExpression> Affinities, DateTimeOffset Now)
{
    public Instance? Current => Board.Current(Number);

    /// <summary>Whether the instance (or, for number 0, any of the service) is on the node already.</summary>
    public bool IsHome(Candidate node) => Number == 0 ? Board.LivesOn(node) : PlacementBoard.IsOn(Current, node);
}
