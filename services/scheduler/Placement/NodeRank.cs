using Kontena.Scheduler.Placement.Strategies;

namespace Kontena.Scheduler.Placement;

/// <summary>What decides between two nodes that may both take an instance: the lower rank gets it.</summary>
/// <param name="Degraded">1 when its agent does not work in part, see <see cref="PlacementRun.IsAvoided"/>.</param>
/// <param name="Missed">Wishes that the node does not fulfil, see <see cref="SoftAffinity.Missed"/>.</param>
/// <param name="Zone">Instances of the service in the node's zone; 0 when nothing is spread over.</param>
/// <param name="Score">By the strategy.</param>
/// <param name="Index">The place of the node in the order of node numbers.</param>
internal readonly record struct NodeRank(int Degraded, ulong Missed, int Zone, NodeScore Score, int Index) : IComparable<NodeRank>
{
    public int CompareTo(NodeRank other)
    {
        if (Degraded != other.Degraded)
            return Degraded.CompareTo(other.Degraded);
        var missed = Missed.CompareTo(other.Missed);
        if (missed != 0)
            return missed;
        if (Zone != other.Zone)
            return Zone.CompareTo(other.Zone);
        var score = Score.CompareTo(other.Score);
        return score != 0 ? score : Index.CompareTo(other.Index);
    }
}
