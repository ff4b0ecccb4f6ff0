using System.Globalization;

namespace Kontena.NodeAgent.Networking.Overlay;

/// <summary>From what is and what is to be: the commands that lead from one to the other, in order; none when they are the same. Pure.</summary>
internal static class OverlayDiff
{
    /// <summary>Not a program: the executor makes the interface with what the host has.</summary>
    public const string MakeWireGuard = "make-wireguard";

    /// <param name="keyFile">Where the private key is.</param>
    /// <param name="publicKey">The key that belongs to it.</param>
    /// <param name="lastEndpoints">What was last set, by key. A peer that roams is not called back unless the map says something new.</param>
    public static IReadOnlyList<HostCommand> Commands(
        OverlayPlan plan, HostState state, string keyFile, string? publicKey, IReadOnlyDictionary<string, string> lastEndpoints) =>
    [
        .. StaleRoutes(plan, state),
        .. Tunnel(plan, state, keyFile, publicKey, lastEndpoints),
        .. Vxlan(plan, state),
        .. Routes(plan, state),
    ];

    private static IEnumerable<HostCommand> Tunnel(
        OverlayPlan plan, HostState state, string keyFile, string? publicKey, IReadOnlyDictionary<string, string> lastEndpoints)
    {
        var name = plan.Names.WireGuard;
        var link = state.Links.GetValueOrDefault(name);
        if (plan.WireGuard is not { } wanted)
        {
            if (link is not null)
                yield return new HostCommand("ip", "link", "del", name);
            yield break;
        }

        var there = state.WireGuard;
        if (link is null || there is null)
        {
            if (link is not null)
                yield return new HostCommand("ip", "link", "del", name);
            yield return new HostCommand(MakeWireGuard, name);
            (link, there) = (null, null);
        }

        if (there?.PublicKey != publicKey || there?.Port != wanted.Port)
            yield return new HostCommand("wg", "set", name, "listen-port", Text(wanted.Port), "private-key", keyFile);
        if (link is null || link.Mtu != wanted.Mtu || !link.Up)
            yield return new HostCommand("ip", "link", "set", name, "mtu", Text(wanted.Mtu), "up");

        var known = (there?.Peers ?? []).ToDictionary(peer => peer.Key, StringComparer.Ordinal);
        foreach (var gone in known.Keys.Except(wanted.Peers.Select(peer => peer.Key), StringComparer.Ordinal))
            yield return new HostCommand("wg", "set", name, "peer", gone, "remove");
        foreach (var peer in wanted.Peers)
        {
            var now = known.GetValueOrDefault(peer.Key);
            var endpoint = now is null || (now.Endpoint != peer.Endpoint && lastEndpoints.GetValueOrDefault(peer.Key) != peer.Endpoint);
            if (!endpoint && now!.AllowedIps == peer.AllowedIps)
                continue;
            yield return new HostCommand("wg",
            [
                "set", name, "peer", peer.Key, .. endpoint ? ["endpoint", peer.Endpoint] : Array.Empty<string>(),
                // Both ends keep the way through a router with address translation open, whoever of them is behind it.
                "persistent-keepalive", "25", "allowed-ips", peer.AllowedIps ?? "",
            ]);
        }
    }

    private static IEnumerable<HostCommand> Vxlan(OverlayPlan plan, HostState state)
    {
        var name = plan.Names.Vxlan;
        var link = state.Links.GetValueOrDefault(name);
        if (plan.Vxlan is not { } wanted)
        {
            if (link is not null)
                yield return new HostCommand("ip", "link", "del", name);
            yield break;
        }

        // Its ends can't be changed while it is there.
        var usable = link is { Kind: "vxlan" } && link.Local == wanted.Local && link.Vni == wanted.Vni;
        if (!usable)
        {
            if (link is not null)
                yield return new HostCommand("ip", "link", "del", name);
            yield return new HostCommand("ip", "link", "add", name, "type", "vxlan", "id", Text(wanted.Vni), "dstport", Text(wanted.Port), "local", wanted.Local, "nolearning");
            link = null;
        }

        if (link is null || link.Mac != wanted.Mac || link.Mtu != wanted.Mtu || !link.Up)
            yield return new HostCommand("ip", "link", "set", name, "address", wanted.Mac, "mtu", Text(wanted.Mtu), "up");
        if (link is null || !link.Addresses.Contains($"{wanted.Address}/32"))
            yield return new HostCommand("ip", "address", "replace", $"{wanted.Address}/32", "dev", name);

        var forwarding = usable ? state.Forwarding : [];
        var neighbours = usable ? state.Neighbours : [];
        foreach (var (mac, endpoint) in forwarding.Where(entry => !wanted.Peers.Any(peer => peer.Mac == entry.Mac && peer.Endpoint == entry.Endpoint)))
            yield return new HostCommand("bridge", "fdb", "del", mac, "dev", name, "dst", endpoint);
        foreach (var (address, _) in neighbours.Where(entry => !wanted.Peers.Any(peer => peer.Address == entry.Address)))
            yield return new HostCommand("ip", "neighbour", "del", address, "dev", name);
        foreach (var peer in wanted.Peers)
        {
            if (!forwarding.Contains((peer.Mac, peer.Endpoint)))
                yield return new HostCommand("bridge", "fdb", "replace", peer.Mac, "dev", name, "dst", peer.Endpoint, "self", "permanent");
            if (!neighbours.Contains((peer.Address, peer.Mac)))
                yield return new HostCommand("ip", "neighbour", "replace", peer.Address, "lladdr", peer.Mac, "dev", name, "nud", "permanent");
        }
    }

    private static IEnumerable<HostCommand> StaleRoutes(OverlayPlan plan, HostState state) => state.Routes
        .Where(route => IsOurs(route) && !plan.Routes.Any(wanted => wanted.To == route.To))
        .Select(route => new HostCommand("ip", "route", "del", route.To, "proto", $"{OverlayNames.RouteProtocol}"));

    private static IEnumerable<HostCommand> Routes(OverlayPlan plan, HostState state)
    {
        foreach (var wanted in plan.Routes)
        {
            var fits = state.Routes.Any(route => route.To == wanted.To && route.Via == wanted.Via && (wanted.Device is null || route.Device == wanted.Device)
                && route.Source == wanted.Source && route.Mtu == wanted.Mtu);
            // With the interface its routes go too.
            var device = wanted.Device is null || state.Links.ContainsKey(wanted.Device);
            if (fits && device)
                continue;
            var arguments = new List<string> { "route", "replace", wanted.To };
            if (wanted.Via is not null)
                arguments.AddRange(["via", wanted.Via]);
            if (wanted.Device is not null)
                arguments.AddRange(["dev", wanted.Device]);
            if (wanted is { Via: not null, Device: not null })
                arguments.Add("onlink");
            arguments.AddRange(["src", wanted.Source, "proto", $"{OverlayNames.RouteProtocol}"]);
            if (wanted.Mtu is { } mtu)
                arguments.AddRange(["mtu", Text(mtu)]);
            yield return new HostCommand("ip", arguments);
        }
    }

    /// <summary>Also those of an earlier grid: one agent has the host.</summary>
    private static bool IsOurs(RouteState route) => route.Protocol == $"{OverlayNames.RouteProtocol}";

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
