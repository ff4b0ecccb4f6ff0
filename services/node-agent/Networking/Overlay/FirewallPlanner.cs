using Kontena.Contracts.Networking;
using Kontena.Core.Networking;

namespace Kontena.NodeAgent.Networking.Overlay;

/// <summary>Which packets pass, whose source is kept, and what containers may not reach. Pure.</summary>
internal static class FirewallPlanner
{
    /// <summary>Agents measure throughput to one another here, on the gateway's address.</summary>
    public const int MeasurePort = 9289;

    public static FirewallPlan Plan(NetworkMap map, OverlayNames names, NetworkPeer self, IReadOnlyList<PlannedPeer> peers, HostFacts host)
    {
        var (bridge, block, grid) = (host.Bridge, host.Subnet, map.Subnet);
        var closed = host.ClosedPorts.Count == 0 ? null : $"-p tcp -m multiport --dports {string.Join(',', host.ClosedPorts)}";
        // What is written here goes to iptables-restore as root: nothing but addresses, whatever the map says.
        peers = [.. peers.Where(peer => HostAddress.Plain(peer.Endpoint) is not null)];
        return new FirewallPlan(names,
        [
            new ChainPlan("filter", names.Forward, "DOCKER-USER", [.. Forward()]),
            .. Isolated(),
            new ChainPlan("filter", names.Input, "INPUT", [.. Input()]),
            new ChainPlan("nat", names.Nat, "POSTROUTING",
            [
                // Between two on the bridge the engine's rules count: one that calls itself by a published port needs them.
                $"-s {block} -d {block} -j RETURN",
                $"-s {block} -d {grid} -j ACCEPT",
                $"-s {block} ! -o {bridge} -j MASQUERADE",
            ]),
            new ChainPlan("mangle", names.Mangle, "FORWARD",
            [
                .. peers.Any(peer => peer.Driver == OverlayDriver.WireGuard) ? Clamp(names.WireGuard) : [],
                .. peers.Any(peer => peer.Driver == OverlayDriver.Vxlan) ? Clamp(names.Vxlan) : [],
                .. peers.Any(peer => peer.Driver == OverlayDriver.Direct) ? [$"-s {grid} -d {grid} -p tcp -m tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu"] : Array.Empty<string>(),
            ]),
        ]);

        IEnumerable<string> Forward()
        {
            // A container can't send in another's name, whatever it is allowed to do.
            yield return $"-i {bridge} ! -s {block} -j DROP";
            if (host.Isolation is not null)
            {
                // What was let through goes on: whoever may open a connection gets its answers. From wherever it comes: hosts may pass packets of others on.
                yield return $"-d {block} -o {bridge} -m conntrack ! --ctstate RELATED,ESTABLISHED -j {names.Isolated}";
            }

            foreach (var peer in peers)
            {
                if (From(peer) is { } from)
                    yield return $"{from} -s {peer.Block} -d {block} -o {bridge} -j ACCEPT";
                yield return $"-i {bridge} -s {block} -d {peer.Block} -j ACCEPT";
            }

            yield return $"-i {bridge} -o {bridge} -j ACCEPT";
            // Addresses of the grid that come from anywhere else are forged; those nobody has lead nowhere.
            yield return $"! -i {bridge} -s {grid} -d {block} -j DROP";
            yield return $"-i {bridge} ! -o {bridge} -d {grid} -j REJECT --reject-with icmp-host-unreachable";
            foreach (var broker in host.ControlPlane.Where(broker => closed is not null && HostAddress.Plain(broker.Address) is not null))
            {
                yield return $"-i {bridge} -d {broker.Address} {closed} -j REJECT --reject-with tcp-reset";
                yield return $"-i {bridge} -d {broker.Address} -p tcp -m tcp --dport {broker.Port} -j REJECT --reject-with tcp-reset";
            }
        }

        // Returning is passing on to the rules that follow. What is dropped is asked again a second later, and a member of the stack that has just started is known by then.
        IEnumerable<ChainPlan> Isolated()
        {
            if (host.Isolation is not { } isolation)
                yield break;
            var groups = isolation.Groups.Select((group, index) => (Group: group, Chain: names.IsolatedGroup(index))).ToList();
            foreach (var (group, chain) in groups)
                yield return new ChainPlan("filter", chain, null, [.. group.Sources.Select(source => $"-s {source}/32 -j RETURN"), "-j DROP"]);
            yield return new ChainPlan("filter", names.Isolated, null,
            [
                // Ports that were published are for everybody, by whatever address of the host.
                "-m conntrack --ctstate DNAT -j RETURN",
                .. groups.SelectMany(one => one.Group.Addresses.Select(address => $"-d {address}/32 -g {one.Chain}")),
                .. isolation.Open.Select(address => $"-d {address}/32 -j RETURN"),
                "-j DROP",
            ]);
        }

        IEnumerable<string> Input()
        {
            yield return $"-i {bridge} ! -s {block} -j DROP";
            foreach (var peer in peers.Where(peer => From(peer) is not null))
                yield return $"{From(peer)} -s {peer.Gateway} -d {host.Gateway} -p tcp -m tcp --dport {MeasurePort} -j ACCEPT";
            yield return $"-p tcp -m tcp -d {host.Gateway} --dport {MeasurePort} -j REJECT --reject-with tcp-reset";
            // Names, whatever the host's own rules are: of the grid's containers and of the host, and of nobody else.
            foreach (var protocol in (string[])["udp", "tcp"])
            {
                yield return $"-s {grid} -d {host.Gateway} -p {protocol} -m {protocol} --dport 53 -j ACCEPT";
                if (block != grid)
                    yield return $"-s {block} -d {host.Gateway} -p {protocol} -m {protocol} --dport 53 -j ACCEPT";
                yield return $"-d {host.Gateway} ! -i lo -p {protocol} -m {protocol} --dport 53 -j REJECT --reject-with icmp-port-unreachable";
            }

            if (closed is not null)
                yield return $"-s {grid} ! -i lo {closed} -j REJECT --reject-with tcp-reset";
            if (peers.Any(peer => peer.Driver == OverlayDriver.WireGuard))
                yield return $"-p udp -m udp --dport {self.Network!.Port} -j ACCEPT";
            var vxlan = peers.Where(peer => peer.Driver == OverlayDriver.Vxlan).ToList();
            foreach (var peer in vxlan)
                yield return $"-s {peer.Endpoint} -p udp -m udp --dport {OverlayPlanner.VxlanPort} -j ACCEPT";
            // What is not encrypted is taken from peers only.
            yield return $"-p udp -m udp --dport {OverlayPlanner.VxlanPort} -j DROP";
        }

        // Plain packets come by the card that leads to the peer, those of a tunnel out of it. Without such a card, from nowhere.
        string? From(PlannedPeer peer) => peer.Driver switch
        {
            OverlayDriver.WireGuard => $"-i {names.WireGuard}",
            OverlayDriver.Vxlan => $"-i {names.Vxlan}",
            _ => peer.Device is null ? null : $"-i {peer.Device}",
        };

        static IEnumerable<string> Clamp(string tunnel) =>
        [
            $"-o {tunnel} -p tcp -m tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu",
            $"-i {tunnel} -p tcp -m tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu",
        ];
    }
}
