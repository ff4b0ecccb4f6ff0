using Kontena.Contracts.Services;

namespace Kontena.Scheduler.Placement.Filters;

/// <summary>A port of a node is given once per protocol and address; instances chosen earlier in the same run count, and those still
/// leaving.</summary>
internal sealed class PortFilter : IPlacementFilter
{
    public Exclusion? Exclude(PlacementQuery query, Candidate node)
    {
        var wanted = query.Board.Spec.Ports;
        if (wanted.Count == 0)
            return null;

        foreach (var other in query.Board.OthersOn(node.Name, query.Number))
        {
            var taken = other.Ports.FirstOrDefault(port => wanted.Any(want => Collide(want, port)));
            if (taken is not null)
                return Taken(taken, other.Leaving ? $"{other.Name}, which is leaving" : other.Name);
        }

        var own = query.Board.ChosenOn(node.Name).Where(number => number != query.Number).ToList();
        return own.Count == 0 ? null : Taken(wanted[0], query.Board.NameOf(own[0]));
    }

    /// <summary>53/tcp and 53/udp live side by side, and so do two addresses, unless one of them means all.</summary>
    public static bool Collide(PortMapping one, PortMapping other) =>
        one.NodePort == other.NodePort
        && string.Equals(one.Protocol, other.Protocol, StringComparison.OrdinalIgnoreCase)
        && (IsAny(one.Ip) || IsAny(other.Ip) || one.Ip == other.Ip);

    private static bool IsAny(string? ip) => ip is null or "" or "0.0.0.0" or "::" or "[::]";

    private static Exclusion Taken(PortMapping port, string by)
    {
        var text = $"{port.NodePort}/{port.Protocol}";
        return new Exclusion("port", $"with port {text} taken", $"port {text} is taken by {by}",
            $"publish another port than {text}, run fewer instances or add a node");
    }
}
