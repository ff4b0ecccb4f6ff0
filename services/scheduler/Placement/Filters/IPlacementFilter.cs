using Kontena.Contracts.Services;
using Kontena.Core.Affinities;

namespace Kontena.Scheduler.Placement.Filters;

/// <summary>A hard rule: may this instance be on this node?</summary>
internal interface IPlacementFilter
{
    /// <summary>False when it never says no to this service, so that it need not be asked for every node.</summary>
    bool Concerns(ServiceSpec spec) => true;

    /// <summary>Null when it may; else why not, with numbers.</summary>
    Exclusion? Exclude(PlacementQuery query, Candidate node);

    /// <summary>The same answer without its words, for those that are asked most.</summary>
    bool Admits(PlacementQuery query, Candidate node) => Exclude(query, node) is null;

    /// <summary>True when the answer for a node where the instance neither is nor leaves depends on which instance of the service asks: then
    /// each is asked for each node. Not to be said without need.</summary>
    bool IsPersonal(ServiceSpec spec, IReadOnlyList<AffinityExpression> affinities) => false;
}
