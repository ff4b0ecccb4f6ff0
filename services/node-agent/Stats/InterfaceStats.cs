using System.Globalization;
using Kontena.Contracts.Stats;
using Kontena.NodeAgent.Networking.Overlay;

namespace Kontena.NodeAgent.Stats;

/// <summary>
/// Counts what goes through the machine's interfaces: the grid's links to other nodes, and the interfaces that lead out by default. Bridges and the containers' own ends are in neither,
/// as their bytes would count twice.
/// </summary>
internal sealed class InterfaceStats(string proc)
{
    /// <summary>Names told, as many as a row of the history has.</summary>
    private const int MostNames = 16;

    private Dictionary<string, (long Rx, long Tx)> _before = [];
    private double _beforeAt;

    public (NetworkReading Internal, NetworkReading External) Read(double seconds)
    {
        var now = Counts();
        var elapsed = seconds - _beforeAt;
        var external = DefaultWays();
        var read = (Sum(now, OverlayNames.IsLink, elapsed), Sum(now, name => external.Contains(name) && !OverlayNames.IsLink(name), elapsed));
        (_before, _beforeAt) = (now, seconds);
        return read;
    }

    private NetworkReading Sum(Dictionary<string, (long Rx, long Tx)> now, Func<string, bool> belongs, double elapsed)
    {
        var names = now.Keys.Where(belongs).Order(StringComparer.Ordinal).Take(MostNames).ToList();
        return new NetworkReading
        {
            Interfaces = names,
            RxBytes = names.Sum(name => now[name].Rx),
            RxBytesPerSecond = names.Sum(name => PerSecond(name, now[name].Rx, before => before.Rx, elapsed)),
            TxBytes = names.Sum(name => now[name].Tx),
            TxBytesPerSecond = names.Sum(name => PerSecond(name, now[name].Tx, before => before.Tx, elapsed)),
        };
    }

    /// <summary>0 for an interface that was not there before, or was made anew.</summary>
    private double PerSecond(string name, long now, Func<(long Rx, long Tx), long> count, double elapsed) =>
        elapsed > 0 && _before.TryGetValue(name, out var before) && now >= count(before) ? Math.Round((now - count(before)) / elapsed, 2) : 0;

    private Dictionary<string, (long Rx, long Tx)> Counts()
    {
        var counts = new Dictionary<string, (long Rx, long Tx)>(StringComparer.Ordinal);
        foreach (var line in Lines("net/dev"))
        {
            // NAME: received bytes, seven more about receiving, sent bytes, and so on.
            if (line.Split(':', 2) is not [var name, var rest])
                continue;
            var fields = rest.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (fields.Length > 8 && Number(fields[0]) is { } received && Number(fields[8]) is { } sent)
                counts[name.Trim()] = (received, sent);
        }

        return counts;
    }

    /// <summary>Of IPv4: interface, destination, gateway, flags, references, uses, metric, mask.</summary>
    private HashSet<string> DefaultWays() =>
        [.. Lines("net/route").Select(line => line.Split('\t')).Where(fields => fields is [_, "00000000", _, _, _, _, _, "00000000", ..]).Select(fields => fields[0])];

    /// <summary>None where the machine does not tell.</summary>
    private string[] Lines(string file) => File.Exists(Path.Combine(proc, file)) ? File.ReadAllLines(Path.Combine(proc, file)) : [];

    private static long? Number(string text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
