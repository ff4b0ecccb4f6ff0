using System.Globalization;
using System.Text.Json;

namespace Kontena.NodeAgent.Networking.Overlay;

/// <summary>Asks the host's programs what there is.</summary>
internal sealed class HostStateReader(IHostCommands commands)
{
    /// <exception cref="HostNetworkException">The host could not be asked.</exception>
    public async Task<HostState> ReadAsync(OverlayNames names, CancellationToken cancellationToken)
    {
        var links = ParseLinks(await AskAsync(new("ip", "-j", "-d", "address", "show"), cancellationToken));
        var routes = ParseRoutes(await AskAsync(new("ip", "-j", "-4", "route", "show", "table", "main"), cancellationToken));
        var state = new HostState { Links = links, Routes = routes };
        if (links.ContainsKey(names.Vxlan))
        {
            state = state with
            {
                Forwarding = ParseForwarding(await AskAsync(new("bridge", "-j", "fdb", "show", "dev", names.Vxlan), cancellationToken)),
                Neighbours = ParseNeighbours(await AskAsync(new("ip", "-j", "-4", "neighbour", "show", "dev", names.Vxlan), cancellationToken)),
            };
        }

        if (links.ContainsKey(names.WireGuard))
        {
            // Its process may be just dying; then the interface goes with it, and is made anew.
            var dump = await commands.RunAsync(new("wg", "show", names.WireGuard, "dump"), null, cancellationToken);
            state = state with { WireGuard = dump.Ok ? ParseTunnel(dump.Output) : null };
        }

        return state;
    }

    internal static IReadOnlyDictionary<string, LinkState> ParseLinks(string links)
    {
        var found = new Dictionary<string, LinkState>(StringComparer.Ordinal);
        foreach (var item in Items(links))
        {
            if (Text(item, "ifname") is not { } name)
                continue;
            var info = item.TryGetProperty("linkinfo", out var one) ? one : default;
            var data = info.ValueKind == JsonValueKind.Object && info.TryGetProperty("info_data", out var inner) ? inner : default;
            var up = Array(item, "flags").Any(flag => flag.GetString() == "UP");
            IReadOnlyList<string> addresses = [.. Array(item, "addr_info").Where(one => Text(one, "family") == "inet").Select(one => $"{Text(one, "local")}/{Number(one, "prefixlen")}")];
            found[name] = new LinkState(name, Number(item, "mtu") ?? 0, up, Text(item, "address"), Text(info, "info_kind"), Text(data, "local"), Number(data, "id") ?? 0, addresses);
        }

        return found;
    }

    internal static IReadOnlyList<RouteState> ParseRoutes(string routes) =>
    [
        .. Items(routes).Where(item => Text(item, "dst") is not null && Text(item, "dev") is not null).Select(item => new RouteState(
            Text(item, "dst") is "default" ? "0.0.0.0/0" : Text(item, "dst")!.Contains('/') ? Text(item, "dst")! : Text(item, "dst") + "/32",
            Text(item, "gateway"),
            Text(item, "dev")!,
            Text(item, "prefsrc"),
            Array(item, "metrics").Select(metric => Number(metric, "mtu")).FirstOrDefault(mtu => mtu is not null),
            Text(item, "protocol"))),
    ];

    internal static IReadOnlyList<(string Mac, string Endpoint)> ParseForwarding(string entries) =>
        [.. Items(entries).Where(item => Text(item, "dst") is not null).Select(item => (Text(item, "mac")!, Text(item, "dst")!))];

    internal static IReadOnlyList<(string Address, string Mac)> ParseNeighbours(string entries) =>
    [
        .. Items(entries).Where(item => Text(item, "lladdr") is not null && Array(item, "state").Any(state => state.GetString() == "PERMANENT"))
            .Select(item => (Text(item, "dst")!, Text(item, "lladdr")!)),
    ];

    internal static TunnelState ParseTunnel(string dump)
    {
        var lines = dump.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t')).ToList();
        var own = lines.FirstOrDefault() ?? [];
        return new TunnelState(
            None(own.ElementAtOrDefault(1)),
            int.TryParse(own.ElementAtOrDefault(2), CultureInfo.InvariantCulture, out var port) ? port : 0,
            [
                .. lines.Skip(1).Where(line => line.Length >= 8).Select(line => new TunnelPeerState(
                    line[0], None(line[2]), None(line[3]), long.TryParse(line[4], CultureInfo.InvariantCulture, out var seconds) ? seconds : 0)),
            ]);
    }

    private static string? None(string? text) => text is null or "(none)" or "" ? null : text;

    private async Task<string> AskAsync(HostCommand command, CancellationToken cancellationToken)
    {
        var said = await commands.RunAsync(command, null, cancellationToken);
        return said.Ok ? said.Output : throw new HostNetworkException($"{command}: {said.Error}");
    }

    private static IReadOnlyList<JsonElement> Items(string json)
    {
        if (string.IsNullOrWhiteSpace(json))
            return [];
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.ValueKind == JsonValueKind.Array ? [.. document.RootElement.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.Object).Select(item => item.Clone())] : [];
        }
        catch (JsonException error)
        {
            throw new HostNetworkException($"the host's answer can't be read: {error.Message}");
        }
    }

    private static List<JsonElement> Array(JsonElement item, string name) =>
        item.ValueKind == JsonValueKind.Object && item.TryGetProperty(name, out var array) && array.ValueKind == JsonValueKind.Array ? [.. array.EnumerateArray()] : [];

    private static string? Text(JsonElement item, string name) =>
        item.ValueKind == JsonValueKind.Object && item.TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString() : null;

    private static int? Number(JsonElement item, string name) =>
        item.ValueKind == JsonValueKind.Object && item.TryGetProperty(name, out var number) && number.TryGetInt32(out var value) ? value : null;
}

/// <summary>The host's network could not be asked or changed. The message says what was tried, and what was said to it.</summary>
internal sealed class HostNetworkException(string message) : Exception(message);
