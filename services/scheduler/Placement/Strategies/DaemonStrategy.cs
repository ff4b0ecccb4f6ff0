using Kontena.Contracts.Services;

namespace Kontena.Scheduler.Placement.Strategies;

/// <summary>The wanted number on every node that may take it; survivors keep their nodes and numbers, holes are filled by node
/// number.</summary>
internal sealed class DaemonStrategy : IPlacementStrategy
{
    public string Name => "daemon";

    public TimeSpan Grace { get; } = TimeSpan.FromSeconds(600);

    public bool PerNode => true;

    public string? SpreadKey(ServiceSpec spec) => null;

    public IReadOnlyList<string> Terms { get; } = ["own instances on the node"];

    public NodeScore Score(PlacementBoard board, Candidate node) => new(board.CountOn(node));
}
