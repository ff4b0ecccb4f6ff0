using Kontena.Contracts.Nodes;

namespace Kontena.Scheduler.Placement.Filters;

/// <summary>Only nodes that are meant to work and do. A lost node keeps what it has for the strategy's grace, a suspect one too, but
/// neither gains anything.</summary>
internal sealed class AvailabilityFilter : IPlacementFilter
{
    public bool Admits(PlacementQuery query, Candidate node) => node.IsOpen || Exclude(query, node) is null;

    public Exclusion? Exclude(PlacementQuery query, Candidate node)
    {
        if (node.Node.NodeId is null)
            return Say("not joined yet", "no agent has joined as this node", $"start the agent of {node.Name}");
        if (node.Node.Availability == NodeAvailability.Drain)
            return Say("draining", "its availability is drain", $"set the availability of {node.Name} to active");
        if (node.IsOnline)
            return null;

        var home = query.IsHome(node);
        if (node.State == LivenessState.Suspect)
            return home ? null
                : node.IsRestarting ? Say("restarting", "its agent is being restarted", $"wait until {node.Name} is heard again")
                : Say("suspect", "its last heartbeats are missing", $"wait until {node.Name} is heard again");
        if (home && !node.AwayLongerThan(query.Strategy.Grace, query.Now))
            return null;
        var away = node.AwaySince is { } since ? $"offline for {Math.Max(0, (int)(query.Now - since).TotalSeconds)} s" : "offline";
        return Say("offline", away, $"bring {node.Name} back");
    }

    private static Exclusion Say(string phrase, string detail, string remedy) => new("availability", phrase, detail, remedy);
}
