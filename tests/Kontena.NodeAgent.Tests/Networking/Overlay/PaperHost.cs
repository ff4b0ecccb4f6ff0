using Kontena.NodeAgent.Networking.Overlay;

namespace Kontena.NodeAgent.Tests.Networking.Overlay;

/// <summary>A host's network on paper: understands the commands of <see cref="OverlayDiff"/> and no others.</summary>
internal sealed class PaperHost(OverlayNames names)
{
    private readonly Dictionary<string, LinkState> _links = [];
    private readonly List<RouteState> _routes = [];
    private readonly List<(string Mac, string Endpoint)> _forwarding = [];
    private readonly List<(string Address, string Mac)> _neighbours = [];
    private TunnelState? _tunnel;

    public HostState State => new()
    {
        Links = new Dictionary<string, LinkState>(_links), Routes = [.. _routes], Forwarding = [.. _forwarding], Neighbours = [.. _neighbours], WireGuard = _tunnel,
    };

    public void Run(IReadOnlyList<HostCommand> commands)
    {
        foreach (var command in commands)
            Run(command);
    }

    public void Roam(string key, string endpoint) =>
        _tunnel = _tunnel! with { Peers = [.. _tunnel.Peers.Select(peer => peer.Key == key ? peer with { Endpoint = endpoint } : peer)] };

    public void Lose(string link)
    {
        _links.Remove(link);
        _routes.RemoveAll(route => route.Device == link);
        if (link == names.WireGuard)
            _tunnel = null;
        if (link == names.Vxlan)
        {
            _forwarding.Clear();
            _neighbours.Clear();
        }
    }

    private void Run(HostCommand command)
    {
        var words = command.Arguments;
        switch (command.Program, words[0], words.ElementAtOrDefault(1))
        {
            case (OverlayDiff.MakeWireGuard, var name, _):
                _links.Add(name, new LinkState(name, 1420, false, null, "wireguard", null, 0, []));
                _tunnel = new TunnelState(null, 0, []);
                break;
            case ("ip", "link", "add"):
                _links.Add(words[2], new LinkState(words[2], 1500, false, "", "vxlan", After(words, "local"), int.Parse(After(words, "id")!), []));
                break;
            case ("ip", "link", "del"):
                Lose(words[2]);
                break;
            case ("ip", "link", "set"):
                _links[words[2]] = _links[words[2]] with { Up = true, Mtu = int.Parse(After(words, "mtu")!), Mac = After(words, "address") ?? _links[words[2]].Mac };
                break;
            case ("ip", "address", "replace"):
                _links[words[4]] = _links[words[4]] with { Addresses = [words[2]] };
                break;
            case ("ip", "neighbour", "replace"):
                _neighbours.RemoveAll(entry => entry.Address == words[2]);
                _neighbours.Add((words[2], words[4]));
                break;
            case ("ip", "neighbour", "del"):
                _neighbours.RemoveAll(entry => entry.Address == words[2]);
                break;
            case ("bridge", "fdb", "replace"):
                _forwarding.Add((words[2], After(words, "dst")!));
                break;
            case ("bridge", "fdb", "del"):
                _forwarding.Remove((words[2], After(words, "dst")!));
                break;
            case ("ip", "route", "replace"):
                _routes.RemoveAll(route => route.To == words[2]);
                var device = After(words, "dev") ?? "eth0";
                if (device != "eth0" && !_links.ContainsKey(device))
                    throw new InvalidOperationException($"no device for: {command}");
                _routes.Add(new RouteState(words[2], After(words, "via"), device, After(words, "src"), After(words, "mtu") is { } mtu ? int.Parse(mtu) : null, After(words, "proto")));
                break;
            case ("ip", "route", "del"):
                _routes.RemoveAll(route => route.To == words[2]);
                break;
            case ("wg", "set", _):
                Set(words);
                break;
            default:
                throw new InvalidOperationException($"not understood: {command}");
        }
    }

    private void Set(IReadOnlyList<string> words)
    {
        if (After(words, "listen-port") is { } port)
            _tunnel = _tunnel! with { PublicKey = "OWN", Port = int.Parse(port) };
        if (After(words, "peer") is not { } key)
            return;
        var before = _tunnel!.Peers.FirstOrDefault(peer => peer.Key == key);
        var others = _tunnel.Peers.Where(peer => peer.Key != key);
        _tunnel = words[^1] == "remove" ? _tunnel with { Peers = [.. others] } : _tunnel with
        {
            Peers = [.. others, new TunnelPeerState(key, After(words, "endpoint") ?? before?.Endpoint, After(words, "allowed-ips") is { Length: > 0 } ips ? ips : null, 0)],
        };
    }

    private static string? After(IReadOnlyList<string> words, string word) => words.SkipWhile(one => one != word).Skip(1).FirstOrDefault();
}
