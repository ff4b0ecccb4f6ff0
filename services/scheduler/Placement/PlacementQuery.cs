using Kontena.Contracts.Instances;
using Kontena.Core.Affinities;
using Kontena.Scheduler.Placement.Strategies;

namespace Kontena.Scheduler.Placement;

/// <summary>The question "where may this instance go?"</summary>
/// <param name="Board">What is known, and what was chosen earlier in the run.</param>
/// <param name="Number">1 to N, or <see cref="Any"/>, or <see cref="Newcomer"/>.</param>
/// <param name="Strategy">Says how long a lost node keeps its instances.</param>
/// <param name="Affinities">The rules of the service, or of the grid when it has none, for this number.</param>
/// <param name="Now">The time of the run.</param>
internal sealed record PlacementQuery(
    PlacementBoard Board, int Number, IPlacementStrategy Strategy, IReadOnlyList<AffinityExpression> Affinities, DateTimeOffset Now)
{
    /// <summary>Would the node take an instance of the service at all: those that are there count as at home, and hold nothing.</summary>
    public const int Any = 0;

    /// <summary>An instance that was never placed: the same question for all of those.</summary>
    public const int Newcomer = -1;

    public Instance? Current { get; } = Number > 0 ? Board.Current(Number) : null;

    /// <summary>Whether the instance (or, for <see cref="Any"/>, any of the service) is on the node already.</summary>
    public bool IsHome(Candidate node) => Number == Any ? Board.LivesOn(node) : PlacementBoard.IsOn(Current, node);

    /// <summary>Whether what lies on the node is in the way of this instance or a neighbour to it: others are; of the own service only what
    /// is leaving, other than this instance itself.</summary>
    public bool IsOther(Occupant one) =>
        one.Instance.ServiceUid != Board.Service.Uid || (one.Leaving && Number != Any && one.Instance.Number != Number);

    /// <summary>The nodes for which the answer may differ from that for a newcomer: where the instance is, and what it is leaving.</summary>
    public IReadOnlyList<Candidate> Familiar()
    {
        if (Current is not { } current)
            return [];
        var familiar = new List<Candidate>();
        if (current.Node is { } name && Board.Scene.Find(name) is { } home)
            familiar.Add(home);
        foreach (var departure in current.Departures)
        {
            if (Board.Scene.ByNodeId(departure.NodeId) is { } left && !familiar.Contains(left))
                familiar.Add(left);
        }

        return familiar;
    }
}
