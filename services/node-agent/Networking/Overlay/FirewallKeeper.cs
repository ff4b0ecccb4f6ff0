using System.Text;

namespace Kontena.NodeAgent.Networking.Overlay;

/// <summary>Keeps our chains as planned. What is there is compared with what was there after the last change of ours, as <c>iptables</c> writes rules its own way.</summary>
internal sealed class FirewallKeeper(IHostCommands commands)
{
    private static readonly string[] Tables = ["filter", "nat", "mangle"];
    private string? _wanted;
    private string? _left;

    /// <returns>Whether something had to be done.</returns>
    /// <exception cref="HostNetworkException">The rules could not be read or set.</exception>
    public async Task<bool> ApplyAsync(FirewallPlan plan, CancellationToken cancellationToken)
    {
        var saved = await SavedAsync(cancellationToken);
        var chains = plan.Chains.Select(chain => chain with { From = FromOf(chain, saved) }).ToList();
        var wanted = Restore(chains, [.. chains.Where(chain => chain.From is not null).SelectMany(chain => Jumps(saved[chain.Table], chain.Chain))], Stale(saved["filter"], plan));
        var text = Restore(chains, [], []);
        if (text == _wanted && Stale(saved["filter"], plan).Count == 0 && Ours(saved, chains) == _left && chains.All(chain => IsFirst(saved[chain.Table], chain)))
            return false;

        var said = await commands.RunAsync(new HostCommand("iptables-restore", "--wait", "5", "--noflush"), wanted, cancellationToken);
        if (!said.Ok)
            throw new HostNetworkException($"the firewall's rules could not be set: {said.Error}");
        _wanted = text;
        _left = Ours(await SavedAsync(cancellationToken), chains);
        return true;
    }

    /// <summary>Other grids whose chains are here.</summary>
    public async Task<IReadOnlyList<OverlayNames>> OthersAsync(OverlayNames own, CancellationToken cancellationToken)
    {
        var saved = await SavedAsync(cancellationToken);
        return OverlayNames.OthersOf(own, saved.Values.SelectMany(table => table).Where(line => line.StartsWith(':')).Select(line => line[1..].Split(' ')[0]));
    }

    /// <summary>Takes our chains away, and what leads to them.</summary>
    public async Task RemoveAsync(OverlayNames names, CancellationToken cancellationToken)
    {
        var saved = await SavedAsync(cancellationToken);
        var text = new StringBuilder();
        foreach (var (table, chain) in new[] { ("filter", names.Forward), ("filter", names.Input), ("nat", names.Nat), ("mangle", names.Mangle) })
        {
            if (!saved[table].Any(line => line.StartsWith($":{chain} ", StringComparison.Ordinal)))
                continue;
            text.Append($"*{table}\n");
            foreach (var (_, rule) in Jumps(saved[table], chain))
                text.Append(rule).Append('\n');
            text.Append($"-F {chain}\n-X {chain}\nCOMMIT\n");
        }

        var isolation = IsolationOf(saved["filter"], names);
        if (isolation.Count > 0)
            text.Append($"*filter\n{string.Concat(isolation.Select(chain => $"-F {chain}\n"))}{string.Concat(isolation.Select(chain => $"-X {chain}\n"))}COMMIT\n");

        (_wanted, _left) = (null, null);
        if (text.Length == 0)
            return;
        var said = await commands.RunAsync(new HostCommand("iptables-restore", "--wait", "5", "--noflush"), text.ToString(), cancellationToken);
        if (!said.Ok)
            throw new HostNetworkException($"the firewall's rules could not be removed: {said.Error}");
    }

    /// <summary>An engine that was told to leave the firewall alone has made no chain for us; one whose rules were flushed leads nobody into it.</summary>
    private static string? FromOf(ChainPlan chain, Dictionary<string, IReadOnlyList<string>> saved) =>
        chain.From == "DOCKER-USER" && !saved[chain.Table].Contains("-A FORWARD -j DOCKER-USER") ? "FORWARD" : chain.From;

    /// <summary>One transaction per table: emptied and filled chains, and the way to each as the first rule.</summary>
    /// <param name="old">Rules that lead to our chains now.</param>
    /// <param name="stale">Chains of ours in <c>filter</c> that are over.</param>
    private static string Restore(IReadOnlyList<ChainPlan> chains, IReadOnlyList<(string Table, string Rule)> old, IReadOnlyList<string> stale)
    {
        var text = new StringBuilder();
        foreach (var table in chains.GroupBy(chain => chain.Table, StringComparer.Ordinal))
        {
            text.Append($"*{table.Key}\n");
            foreach (var chain in table)
                text.Append($":{chain.Chain} - [0:0]\n");
            foreach (var (_, rule) in old.Where(one => table.Any(chain => one.Rule.EndsWith($"-j {chain.Chain}", StringComparison.Ordinal))))
                text.Append(rule).Append('\n');
            foreach (var chain in table)
            {
                if (chain.From is not null)
                    text.Append($"-I {chain.From} 1 -j {chain.Chain}\n");
                foreach (var rule in chain.Rules)
                    text.Append($"-A {chain.Chain} {rule}\n");
            }

            // Nothing leads to them any more: what did was emptied above, or is one of them.
            if (table.Key == "filter")
                text.Append(string.Concat(stale.Select(chain => $"-F {chain}\n"))).Append(string.Concat(stale.Select(chain => $"-X {chain}\n")));
            text.Append("COMMIT\n");
        }

        return text.ToString();
    }

    private static IEnumerable<(string Table, string Rule)> Jumps(IReadOnlyList<string> saved, string chain) =>
        saved.Where(line => line.StartsWith("-A ", StringComparison.Ordinal) && line.EndsWith($" -j {chain}", StringComparison.Ordinal)).Select(line => ("", "-D" + line[2..]));

    /// <summary>Of instances that have left.</summary>
    private static List<string> Stale(IReadOnlyList<string> saved, FirewallPlan plan) =>
        [.. IsolationOf(saved, plan.Names).Where(chain => plan.Chains.All(planned => planned.Chain != chain))];

    private static List<string> IsolationOf(IReadOnlyList<string> saved, OverlayNames names) =>
        [.. saved.Where(line => line.StartsWith(':')).Select(line => line[1..].Split(' ')[0]).Where(names.IsIsolation)];

    private static bool IsFirst(IReadOnlyList<string> saved, ChainPlan chain) => chain.From is null ||
        saved.FirstOrDefault(line => line.StartsWith($"-A {chain.From} ", StringComparison.Ordinal)) == $"-A {chain.From} -j {chain.Chain}";

    private static string Ours(Dictionary<string, IReadOnlyList<string>> saved, IReadOnlyList<ChainPlan> chains) => string.Join(
        '\n', chains.SelectMany(chain => saved[chain.Table].Where(line => line.StartsWith($"-A {chain.Chain} ", StringComparison.Ordinal) || line.EndsWith($" -j {chain.Chain}", StringComparison.Ordinal))));

    private async Task<Dictionary<string, IReadOnlyList<string>>> SavedAsync(CancellationToken cancellationToken)
    {
        var said = await commands.RunAsync(new HostCommand("iptables-save"), null, cancellationToken);
        if (!said.Ok)
            throw new HostNetworkException($"the firewall's rules could not be read: {said.Error}");
        var tables = Tables.ToDictionary(table => table, _ => new List<string>(), StringComparer.Ordinal);
        List<string>? current = null;
        foreach (var line in said.Output.Split('\n'))
        {
            if (line.StartsWith('*'))
                tables.TryGetValue(line[1..], out current);
            else if (line.StartsWith(':') || line.StartsWith("-A ", StringComparison.Ordinal))
                current?.Add(line);
        }

        return tables.ToDictionary(one => one.Key, IReadOnlyList<string> (one) => one.Value, StringComparer.Ordinal);
    }
}
