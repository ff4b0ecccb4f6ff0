namespace Kontena.NodeAgent.Networking.Overlay;

/// <summary>What the overlay calls its things on a host. All begin with <c>kontena-</c> and end with six hex digits of the grid's name, so that they fit into the 15
/// characters of an interface and two grids never share one.</summary>
/// <param name="Mark">The six digits.</param>
internal sealed record OverlayNames(string Mark)
{
    /// <summary>Of the routes we make: <c>ip route show proto 107</c> lists them.</summary>
    public const int RouteProtocol = 107;

    public string Bridge => $"kontena-b{Mark}";
    public string WireGuard => $"kontena-w{Mark}";
    public string Vxlan => $"kontena-v{Mark}";

    /// <summary>Chains: what is forwarded, what comes in to the host, whose address is hidden, and how large segments may be.</summary>
    public string Forward => $"kontena-fwd-{Mark}";
    public string Input => $"kontena-in-{Mark}";
    public string Nat => $"kontena-nat-{Mark}";
    public string Mangle => $"kontena-mss-{Mark}";

    /// <summary>Tells the VXLAN networks of different grids apart on one wire; 24 bits.</summary>
    public int Vni => Convert.ToInt32(Mark, 16) | 1;

    public static OverlayNames Of(string grid)
    {
        var hash = 2166136261u;
        foreach (var character in grid)
            hash = unchecked((hash ^ character) * 16777619u);
        return new OverlayNames(((hash ^ (hash >> 24)) & 0xffffff).ToString("x6", System.Globalization.CultureInfo.InvariantCulture));
    }
}
