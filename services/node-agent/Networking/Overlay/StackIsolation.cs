using Kontena.Contracts.Names;
using Kontena.Core.Names;
using Kontena.Core.Networking;

namespace Kontena.NodeAgent.Networking.Overlay;

/// <summary>Which containers of this node take connections from whom, as far as stacks are private.</summary>
/// <param name="Groups">Those that take from some only.</param>
/// <param name="Open">Addresses of those that take from everybody. What is in neither is not known yet, and takes from nobody.</param>
/// <param name="LeftOut">Sources beyond <see cref="MostSources"/>, which are refused.</param>
internal sealed record StackIsolation(IReadOnlyList<IsolatedGroup> Groups, IReadOnlyList<string> Open, int LeftOut)
{
    /// <summary>Of all groups of a node together: each is a rule that a new connection is compared with.</summary>
    public const int MostSources = 8000;

    /// <param name="rows">Every address of the grid.</param>
    /// <param name="nodeId">This node's.</param>
    public static StackIsolation Of(IReadOnlyList<NamedInstance> rows, string nodeId)
    {
        // What is written from this goes to iptables-restore as root: nothing but addresses, whatever was told.
        var known = rows.SelectMany(row => row.Addresses.Select(address => row with { Address = address })).Where(row => HostAddress.Plain(row.Address) is not null).OrderBy(row => row.Address, StringComparer.Ordinal).ToList();
        var own = known.Where(row => row.NodeId == nodeId).ToList();
        var groups = new List<IsolatedGroup>();
        var (left, leftOut) = (MostSources, 0);
        var guarded = own.Where(row => row.Private).GroupBy(row => (row.Stack, row.Service))
            .Select(group => (Addresses: Distinct(group), Sources: Distinct(known.Where(row => Reach.Is(row, group.First())))))
            .GroupBy(one => string.Join(' ', one.Sources), StringComparer.Ordinal)
            .OrderBy(same => same.Key, StringComparer.Ordinal);
        foreach (var same in guarded)
        {
            var sources = same.First().Sources;
            leftOut += Math.Max(0, sources.Count - left);
            sources = [.. sources.Take(left)];
            left -= sources.Count;
            groups.Add(new IsolatedGroup([.. same.SelectMany(one => one.Addresses).Distinct(StringComparer.Ordinal)], sources));
        }

        return new StackIsolation(groups, Distinct(own.Where(row => !row.Private && !groups.Exists(group => group.Addresses.Contains(row.Address)))), leftOut);
    }

    /// <summary>Equal for those that come to the same rules.</summary>
    public string Text => string.Join('\n', [.. Groups.Select(group => $"{string.Join(' ', group.Addresses)} < {string.Join(' ', group.Sources)}"), string.Join(' ', Open)]);

    private static List<string> Distinct(IEnumerable<NamedInstance> rows) => [.. rows.Select(row => row.Address).Distinct(StringComparer.Ordinal)];
}

/// <param name="Addresses">Of containers of this node.</param>
/// <param name="Sources">Whose connections they take, those of the group itself too.</param>
internal sealed record IsolatedGroup(IReadOnlyList<string> Addresses, IReadOnlyList<string> Sources);
