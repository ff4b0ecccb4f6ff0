using Kontena.Contracts.Services;

namespace Kontena.Scheduler.Placement.Filters;

/// <summary>A port of a node is given once per protocol and address; instances chosen earlier in the same run count, and those still
/// leaving.</summary>
internal sealed class PortFilter : IPlacementFilter
{
    public bool Concerns(ServiceSpec spec) => spec.Ports.Count > 0;

    public bool Admits(PlacementQuery query, Candidate node) =>
        query.Board.Ports.Count == 0 || (query.Board.CountOn(node) == 0 && Holder(query, node).Port is null);

    public Exclusion? Exclude(PlacementQuery query, Candidate node)
    {
        if (Admits(query, node))
            return null;
        if (Holder(query, node) is { Port: { } taken, By: { } by })
            return Taken(taken, by.Leaving ? $"{by.Name}, which is leaving" : by.Name);
        return Taken(query.Board.Ports[0], query.Board.NameOf(query.Board.FirstOn(node)));
    }

    /// <summary>53/tcp and 53/udp live side by side, and so do two addresses, unless one of them means all.</summary>
    public static bool Collide(PortMapping one, PortMapping other) =>
        one.NodePort == other.NodePort
        && string.Equals(one.Protocol, other.Protocol, StringComparison.OrdinalIgnoreCase)
        && (IsAny(one.Ip) || IsAny(other.Ip) || one.Ip == other.Ip);

    private static (PortMapping? Port, Occupant? By) Holder(PlacementQuery query, Candidate node)
    {
        var wanted = query.Board.Ports;
        foreach (var other in query.Board.Scene.On(node).WithPorts)
        {
            if (!query.IsOther(other))
                continue;
            for (var held = 0; held < other.Ports.Count; held++)
            {
                for (var want = 0; want < wanted.Count; want++)
                {
                    if (Collide(wanted[want], other.Ports[held]))
                        return (other.Ports[held], other);
                }
            }
        }

        return default;
    }

    private static bool IsAny(string? ip) => ip is null or "" or "0.0.0.0" or "::" or "[::]";

    private static Exclusion Taken(PortMapping port, string by)
    {
        var text = $"{port.NodePort}/{port.Protocol}";
        return new Exclusion("port", $"with port {text} taken", $"port {text} is taken by {by}",
            $"publish another port than {text}, run fewer instances or add a node");
    }
}
