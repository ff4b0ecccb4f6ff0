using Kontena.Api.Nodes;
using Kontena.Contracts.Nodes;

namespace Kontena.Api.Tests.Nodes;

public sealed class NodeWarningsTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly NodeLiveness Well = new() { Grid = "prod", Node = "core-01", State = LivenessState.Online, ClockAhead = -0.1 };

    private static Node Node(string? agent = null) =>
        Some.Node() with { Facts = new NodeFacts { AgentVersion = agent ?? NodeWarnings.OwnVersion } };

    [Fact]
    public void A_node_that_is_well_has_none_and_one_that_is_away_neither()
    {
        Assert.Empty(NodeWarnings.Of(Node(), Well, Now));
        Assert.Empty(NodeWarnings.Of(Node("0.0.1"), null, Now));
    }

    [Fact]
    public void A_clock_that_is_off_is_said_with_its_direction()
    {
        Assert.StartsWith("its clock is 4 m 12 s behind", Assert.Single(NodeWarnings.Of(Node(), Well with { ClockAhead = -252 }, Now)), StringComparison.Ordinal);
        Assert.StartsWith("its clock is 2 h 0 m ahead", Assert.Single(NodeWarnings.Of(Node(), Well with { ClockAhead = 7200 }, Now)), StringComparison.Ordinal);
    }

    [Fact]
    public void Troubles_versions_and_copies_are_said()
    {
        var liveness = Well with { Troubles = ["the container engine can't be asked: no"], Rival = new NodeRival("copy (10.0.0.9)", Now.AddMinutes(-1)) };
        var warnings = NodeWarnings.Of(Node("0.0.1"), liveness, Now);
        Assert.Equal(3, warnings.Count);
        Assert.Equal("the container engine can't be asked: no", warnings[0]);
        Assert.StartsWith("its agent's version 0.0.1 is older than", warnings[1], StringComparison.Ordinal);
        Assert.StartsWith("another machine, copy (10.0.0.9), with the same engine id was refused at 11:59:00", warnings[2], StringComparison.Ordinal);
        Assert.Equal(2, NodeWarnings.Of(Node("0.0.1"), liveness, Now.AddHours(1)).Count);
    }

    [Theory]
    [InlineData("0.1.0", "0.2.0", "older")]
    [InlineData("0.10.0", "0.9.9", "newer")]
    [InlineData("0.1.0", "0.1.0", null)]
    [InlineData("nonsense", "0.1.0", null)]
    public void Versions_are_compared_as_numbers(string agent, string own, string? skew) => Assert.Equal(skew, NodeWarnings.SkewOf(agent, own));
}
