using System.Net;
using System.Net.Sockets;
using Kontena.Contracts.Instances;
using Kontena.Contracts.Names;

namespace Kontena.Core.Names;

/// <summary>What name servers are told of an instance, from what its node sees of it. The scheduler makes it for all nodes, an agent for its own.</summary>
public static class NamedInstances
{
    /// <param name="spec">What the node was last told.</param>
    /// <param name="wanted">It is meant to run there.</param>
    /// <param name="suspect">Its node has missed heartbeats.</param>
    /// <param name="here">For its own node, which tells all containers that run on it from strangers.</param>
    /// <returns>Null when it has no address on the grid's network.</returns>
    public static NamedInstance? Of(InstanceObserved seen, InstanceSpec spec, bool wanted, bool suspect, bool here = false)
    {
        if (spec.Net != "bridge")
            return null;
        var links = LinksOf(spec);
        var opens = spec.OfPrivateStack || links is not null;
        var others = here || opens ? (seen.OtherAddresses ?? []).Where(IsAddress).Take(NamedInstance.MostOthers).ToList() : [];
        var named = IsAddress(seen.Address) ? seen.Address : null;
        if ((named ?? others.FirstOrDefault()) is not { } address)
            return null;
        // What runs once and for all is nobody's service, nor is a hook. Its address matters where it opens a private stack.
        var nameless = spec.RunOnce is not null || named is null;
        if (nameless && !opens)
            return null;
        others.Remove(address);
        return new NamedInstance
        {
            InstanceId = seen.InstanceId,
            NodeId = seen.NodeId,
            Stack = spec.Stack,
            Service = spec.Service,
            Number = spec.Number,
            Exposed = spec.Stack != Contracts.Services.Service.NoStack && spec.DnsNames.Count > 2,
            Private = spec.Private,
            Nameless = nameless,
            Links = links,
            Address = address,
            OtherAddresses = others.Count == 0 ? null : others,
            // To agents that don't know of the nameless it is a name, and the last to be answered.
            Standing = !wanted || nameless || seen.State == ObservedState.Stopping ? NameStanding.Leaving
                : !(seen.Serves ?? seen.Ready) ? NameStanding.Starting
                : suspect ? NameStanding.Suspect
                : NameStanding.Ready,
            Ports = PortsOf(spec),
        };
    }

    /// <summary>Whether its addresses open a private stack to it, so that other nodes have to know all of them.</summary>
    public static bool Opens(InstanceSpec spec) => spec.OfPrivateStack || LinksOf(spec) is not null;

    private static bool IsAddress(string? text) => IPAddress.TryParse(text, out var address) && address.AddressFamily == AddressFamily.InterNetwork;

    /// <summary>Within its stack nobody needs a link to get through.</summary>
    private static List<string>? LinksOf(InstanceSpec spec)
    {
        var links = spec.LinkAliases.Where(link => link.Stack != spec.Stack && link.Stack != Contracts.Services.Service.NoStack)
            .Select(link => Contracts.Services.Service.DocumentId(link.Stack, link.Service))
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Take(NamedInstance.MostLinks).ToList();
        return links.Count == 0 ? null : links;
    }

    private static List<NamedPort> PortsOf(InstanceSpec spec)
    {
        var published = spec.Ports.Select(port => new NamedPort(port.ContainerPort, port.Protocol == "udp" ? "udp" : "tcp"));
        var probed = new[] { spec.WaitForPort, spec.HealthCheck?.Port, spec.ReadinessCheck?.Port }.OfType<int>().Select(port => new NamedPort(port, "tcp"));
        return [.. published.Concat(probed).Distinct().OrderBy(one => one.Port).ThenBy(one => one.Protocol, StringComparer.Ordinal).Take(NamedInstance.MostPorts)];
    }
}
