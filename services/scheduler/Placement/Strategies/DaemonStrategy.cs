using Kontena.Scheduler.Placement.Filters;

namespace Kontena.Scheduler.Placement.Strategies;

/// <summary>The wanted number on every node that may take it; survivors keep their nodes and numbers, holes are filled by node
/// number.</summary>
internal sealed class DaemonStrategy : IPlacementStrategy
{
    public string Name => "daemon";

    public TimeSpan Grace { get; } = TimeSpan.FromSeconds(600);

    public bool PerNode => true;

    public Candidate Choose(PlacementQuery query, IReadOnlyList<Candidate> candidates, ulong seed) =>
        candidates.OrderBy(node => query.Board.ChosenOn(node.Name).Count).ThenBy(node => node.Node.Number).First();
}
