namespace Kontena.NodeAgent.Networking.Overlay;

/// <summary>What the overlay calls its things on a host. All begin with <c>kontena-</c> and end with six hex digits of the grid's name, so that they fit into the 15
/// characters of an interface and two grids never share one.</summary>
/// <param name="Mark">The six digits.</param>
internal sealed record OverlayNames(string Mark)
{
    /// <summary>Of the routes we make: <c>ip route show proto 107</c> lists them.</summary>
    public const int RouteProtocol = 107;

    /// <summary>Of no grid: what carries our naming is another's.</summary>
    public static OverlayNames Nobody { get; } = new("------");

    public string Bridge => $"kontena-b{Mark}";
    public string WireGuard => $"kontena-w{Mark}";
    public string Vxlan => $"kontena-v{Mark}";

    /// <summary>Chains: what is forwarded, what comes in to the host, whose address is hidden, and how large segments may be.</summary>
    public string Forward => $"kontena-fwd-{Mark}";
    public string Input => $"kontena-in-{Mark}";
    public string Nat => $"kontena-nat-{Mark}";
    public string Mangle => $"kontena-mss-{Mark}";

    /// <summary>Which containers take from everybody; from it, one chain for each group of those that don't.</summary>
    public string Isolated => $"kontena-iso-{Mark}";
    public string IsolatedGroup(int number) => $"kontena-iso{number}-{Mark}";

    /// <summary>Whether a chain is <see cref="Isolated"/> or one of its groups.</summary>
    public bool IsIsolation(string chain) => chain.StartsWith("kontena-iso", StringComparison.Ordinal) && chain.EndsWith($"-{Mark}", StringComparison.Ordinal);

    /// <summary>Tells the VXLAN networks of different grids apart on one wire; 24 bits.</summary>
    public int Vni => Convert.ToInt32(Mark, 16) | 1;

    /// <summary>Tunnels with our naming that are not those of this grid.</summary>
    public static IReadOnlyList<string> TunnelsOfOthers(OverlayNames own, IEnumerable<string> links) =>
        [.. links.Where(link => link.Length == own.WireGuard.Length && (link.StartsWith("kontena-w", StringComparison.Ordinal) || link.StartsWith("kontena-v", StringComparison.Ordinal))
            && !link.EndsWith(own.Mark, StringComparison.Ordinal) && link[^6..].All(char.IsAsciiHexDigitLower))];

    /// <summary>Whether an interface is a grid's link to other nodes.</summary>
    public static bool IsLink(string name) =>
        name.Length == Nobody.WireGuard.Length && name.StartsWith("kontena-", StringComparison.Ordinal) && name["kontena-".Length] is 'w' or 'v' && name[^6..].All(char.IsAsciiHexDigitLower);

    /// <summary>Marks of other grids among the names of chains.</summary>
    public static IReadOnlyList<OverlayNames> OthersOf(OverlayNames own, IEnumerable<string> chains) =>
    [
        .. chains.Where(chain => chain.Length > 6 && chain[^6..].All(char.IsAsciiHexDigitLower))
            .Select(chain => (Chain: chain, Names: new OverlayNames(chain[^6..])))
            .Where(one => one.Names.Mark != own.Mark && (one.Chain == one.Names.Forward || one.Chain == one.Names.Input || one.Chain == one.Names.Nat || one.Chain == one.Names.Mangle))
            .Select(one => one.Names).Distinct(),
    ];

    public static OverlayNames Of(string grid)
    {
        var hash = 2166136261u;
        foreach (var character in grid)
            hash = unchecked((hash ^ character) * 16777619u);
        return new OverlayNames(((hash ^ (hash >> 24)) & 0xffffff).ToString("x6", System.Globalization.CultureInfo.InvariantCulture));
    }
}
