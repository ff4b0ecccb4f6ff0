using Kontena.NodeAgent.Networking.Overlay;
using Xunit;

namespace Kontena.NodeAgent.Tests.Networking.Overlay;

public sealed class PeerSightTests
{
    private static readonly PlannedPeer Peer = new("n2", 2, "10.81.2.0/24", "10.81.2.1", "vxlan", "192.168.0.2", 1450, "", 8473, null, false);

    private static PeerSight Seen(params IReadOnlyList<(int Echo, bool Heard)> looks) => looks.Aggregate(new PeerSight(), (sight, look) => sight.After(look.Echo, Peer.Mtu, look.Heard));

    [Fact]
    public void A_peer_that_answers_whole_packets_is_not_worth_a_word() => Assert.Null(Seen((1450, true), (1450, false), (1450, false), (1450, false), (1450, false)).Remark(Peer));

    [Fact]
    public void Two_looks_without_an_answer_are_a_way_that_is_being_put_back()
    {
        Assert.Null(Seen((0, false), (0, false)).Remark(Peer));
        Assert.Null(Seen((0, false), (0, false), (1450, false), (0, false), (0, false)).Remark(Peer));
    }

    [Fact]
    public void A_peer_that_is_neither_answering_nor_heard_is_away()
    {
        const string Away = "node n2 does not answer at 10.81.2.1 by vxlan, nor is it heard: is its host up, and UDP 8473 open at 192.168.0.2?";
        Assert.Equal(Away, Seen((0, false), (0, false), (0, false)).Remark(Peer));
        Assert.Equal(Away, Seen((1450, true), (0, false), (0, false), (0, false)).Remark(Peer));
    }

    [Fact]
    public void A_peer_that_is_heard_and_does_not_answer_has_one_way_closed() =>
        Assert.StartsWith("one way between this node and n2 is closed: what n2 sends arrives here,", Seen((0, true), (0, true), (0, true)).Remark(Peer), StringComparison.Ordinal);

    [Fact]
    public void A_way_that_takes_small_packets_only_is_told_with_both_sizes() =>
        Assert.StartsWith("packets of more than 1280 bytes don't go through to n2, 1450 were expected:", Seen((1280, true), (1280, true), (1280, true)).Remark(Peer), StringComparison.Ordinal);

    [Fact]
    public void Packets_are_held_to_what_goes_through_until_all_does_again()
    {
        Assert.Null(Seen((1280, true), (1280, true)).Cap);
        Assert.Equal(1280, Seen((1280, true), (1280, true), (1280, true)).Cap);
        Assert.Equal(1280, Seen((1280, true), (1280, true), (1280, true), (0, true)).Cap);
        Assert.Null(Seen((1280, true), (1280, true), (1280, true), (1450, true)).Cap);
        Assert.Null(Seen((84, true), (84, true), (84, true)).Cap);
    }
}
