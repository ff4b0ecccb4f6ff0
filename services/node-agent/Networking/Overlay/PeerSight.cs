namespace Kontena.NodeAgent.Networking.Overlay;

/// <summary>What was seen of the way to one peer, look by look, and what is to be said of it. Pure.</summary>
/// <param name="Missed">Looks in a row without any echo.</param>
/// <param name="Narrow">Looks in a row in which small packets were sent back, and whole ones were not; one without any echo says nothing of it.</param>
/// <param name="Passes">The largest packet that came through when the way was last found narrow.</param>
/// <param name="SinceHeard">Looks since a packet of the peer's own arrived here; null when none ever has.</param>
internal sealed record PeerSight(int Missed = 0, int Narrow = 0, int Passes = 0, int? SinceHeard = null)
{
    /// <summary>So many looks alike make a state: a key that changes, or an interface that is put back, takes one or two.</summary>
    public const int Enough = 3;

    /// <summary>RFC 791: every host takes packets of this size.</summary>
    private const int SmallestCap = 576;

    /// <param name="echo">The largest packet that was sent back; 0 for none.</param>
    /// <param name="wanted">The largest that should be.</param>
    /// <param name="heard">Whether a packet of the peer's own came since the last look.</param>
    public PeerSight After(int echo, int wanted, bool heard) => new(
        echo == 0 ? Missed + 1 : 0,
        echo == 0 ? Narrow : echo < wanted ? Narrow + 1 : 0,
        echo == 0 ? Passes : echo,
        heard ? 0 : SinceHeard + 1);

    /// <summary>A sentence for <c>node show</c>; null while all is well.</summary>
    public string? Remark(PlannedPeer peer)
    {
        if (Missed >= Enough)
        {
            return SinceHeard < Enough
                ? $"one way between this node and {peer.Peer} is closed: what {peer.Peer} sends arrives here, and nothing comes back for what is sent there; {Check(peer)}"
                : $"node {peer.Peer} does not answer at {peer.Gateway} by {peer.Driver}, nor is it heard: {Check(peer)}";
        }

        return Narrow >= Enough ? TooNarrow(peer, Passes) : null;
    }

    /// <summary>Bytes to which packets for the peer are to be held; null while the way is as wide as it should be, or so narrow that no wire is meant.</summary>
    public int? Cap => Narrow >= Enough && Passes >= SmallestCap ? Passes : null;

    public static string TooNarrow(PlannedPeer peer, int passes) =>
        $"packets of more than {passes} bytes don't go through to {peer.Peer}, {peer.Mtu} were expected: containers are held to that while it lasts; set the MTU of the card that leads to {peer.Endpoint} to what the wire carries";

    private static string Check(PlannedPeer peer) => peer.Driver == Contracts.Networking.OverlayDriver.Direct
        ? $"is its host up, and does the network between take packets of addresses it does not know to {peer.Endpoint}?"
        : $"is its host up, and UDP {peer.Port} open at {peer.Endpoint}?";
}
