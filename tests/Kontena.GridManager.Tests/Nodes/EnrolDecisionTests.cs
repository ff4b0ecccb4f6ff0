using Kontena.Contracts.Commands;
using Kontena.Contracts.Messaging;
using Kontena.Contracts.Nodes;
using Kontena.GridManager.Nodes;
using Kontena.GridManager.Nodes.Liveness;
using Kontena.State;
using Xunit;

namespace Kontena.GridManager.Tests.Nodes;

public sealed class EnrolDecisionTests
{
    private static readonly JoinGrid Join = new() { NodeId = "ID:NEW", Name = "box", Token = "x", Key = "the-key-of-the-agent", Labels = ["az=1"], Facts = new NodeFacts() };
    private static readonly Enrolment Enrolment = new("a-password-that-nobody-would-guess-0", [1, 2, 3, 4]);
    private static readonly Node Waiting = Some.Node(1, "core-1", token: "the-token-of-core-1") with { NodeId = null, Facts = null, Labels = ["ssd"] };

    [Fact]
    public void A_token_of_a_node_binds_the_first_machine_and_gives_it_a_user_without_calling_it_online()
    {
        var decision = JoinDecision.Decide(Some.Snapshot(Waiting), Join, "core-1", Incumbent.None, Some.Now, Enrolment);
        var node = Assert.Single(decision.Puts(StateKeys.Node));
        Assert.Equal(("core-1", "ID:NEW"), (node.Name, node.NodeId));
        Assert.Equal(["ssd", "az=1"], node.Labels);
        Assert.NotNull(node.BrokerPasswordHash);
        Assert.NotNull(node.KeyHash);
        Assert.Empty(decision.Puts(StateKeys.NodeLiveness));
        Assert.DoesNotContain(decision.Batch!.Messages, message => message.Type == typeof(NodeJoined).FullName);
    }

    [Fact]
    public void Asked_again_it_changes_nothing()
    {
        var bound = Bound();
        Assert.Null(JoinDecision.Decide(Some.Snapshot(bound), Join, "core-1", Incumbent.None, Some.Now, Enrolment with { Salt = [9, 9, 9, 9] }).Batch);
    }

    [Fact]
    public void A_token_of_a_node_is_good_for_one_machine()
    {
        var other = JoinDecision.Decide(Some.Snapshot(Bound()), Join with { NodeId = "ID:OTHER" }, "core-1", Incumbent.None, Some.Now, Enrolment);
        Assert.Contains("in use by another engine", other.Reply.Refusal, StringComparison.Ordinal);
        Assert.Null(other.Batch);
    }

    [Fact]
    public void A_token_ends_for_machines_that_have_not_joined_with_it()
    {
        var ending = Waiting with { TokenExpiresAt = Some.Now.AddSeconds(-1) };
        Assert.Contains("ended", JoinDecision.Decide(Some.Snapshot(ending), Join, "core-1", Incumbent.None, Some.Now, Enrolment).Reply.Refusal, StringComparison.Ordinal);
        Assert.NotNull(JoinDecision.Decide(Some.Snapshot(ending with { TokenExpiresAt = Some.Now.AddSeconds(1) }), Join, "core-1", Incumbent.None, Some.Now, Enrolment).Reply.Node);
        var bound = Bound() with { TokenExpiresAt = Some.Now.AddSeconds(-1) };
        Assert.NotNull(JoinDecision.Decide(Some.Snapshot(bound), Join, "core-1", Incumbent.None, Some.Now, Enrolment).Reply.Node);
        // Whoever has found it later, and waits until the node is off.
        Assert.Contains("ended", JoinDecision.Decide(Some.Snapshot(bound), Join with { Key = "the-key-of-a-thief-1" }, "core-1", Incumbent.None, Some.Now, Enrolment).Reply.Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void A_copy_of_a_machine_gets_no_user_while_the_node_is_there()
    {
        var copy = Join with { Key = "the-key-of-the-copy" };
        var online = new Incumbent(LivenessState.Online, RunVerdict.Node);
        Assert.Equal("core-1", JoinDecision.Decide(Some.Snapshot(Bound()), copy, "core-1", online, Some.Now, Enrolment).Reply.RivalOf);
        Assert.NotNull(JoinDecision.Decide(Some.Snapshot(Bound()), copy, "core-1", Incumbent.None, Some.Now, Enrolment).Reply.Node);
    }

    [Fact]
    public void An_agent_that_the_broker_knows_joins_without_a_token_and_only_as_itself()
    {
        var bound = Bound();
        var sender = NodeOutlet.Of("ID:NEW", "prod", "core-1");
        var join = Join with { Token = "", Run = "run1" };
        var decision = JoinDecision.DecideKnown(Some.Snapshot(bound), join, sender, Incumbent.None, Some.Now);
        Assert.Equal("core-1", decision.Reply.Joined!.Node);
        Assert.Equal(LivenessState.Online, Assert.Single(decision.Puts(StateKeys.NodeLiveness)).State);

        foreach (var now in new[] { Waiting, bound with { NodeId = "ID:OTHER" }, bound with { BrokerPasswordHash = null } })
            Assert.Contains("join", JoinDecision.DecideKnown(Some.Snapshot(now), join, sender, Incumbent.None, Some.Now).Reply.Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_token_shuts_the_agent_out_when_asked_to_and_keeps_the_machine()
    {
        var command = new ResetNodeToken { Grid = "prod", Node = "core-1", ResetConnection = true };
        var node = Assert.Single(ResetNodeTokenDecision.Decide(Some.Snapshot(Bound()), command, "another-random-token", false, Some.Now).Puts(StateKeys.Node));
        Assert.Equal(("another-random-token", null, null, "ID:NEW"), (node.Token, node.BrokerPasswordHash, node.KeyHash, node.NodeId));

        var soft = Assert.Single(ResetNodeTokenDecision.Decide(Some.Snapshot(Bound()), command with { ResetConnection = false, Clear = true }, "x", false, Some.Now).Puts(StateKeys.Node));
        Assert.Null(soft.Token);
        Assert.NotNull(soft.BrokerPasswordHash);
    }

    [Theory]
    [InlineData(null, null, 1, "name")]
    [InlineData("core-1", null, 1, "already exists")]
    [InlineData("core-2", "short", 1, "too short")]
    [InlineData("core-2", "", 1, "can't be blank")]
    [InlineData("core-2", "a-token-that-is-taken", 1, "Node with token already exists")]
    [InlineData("core-2", "--a-token-like-an-option", 1, "must begin with a letter or a digit")]
    [InlineData("core-2", "a-token;reboot #$HOME", 1, "letters, digits and - _ . + / = only")]
    [InlineData("core-2", null, 0, "seconds")]
    public void What_a_new_record_lacks_is_said(string? name, string? token, int seconds, string expected)
    {
        var command = new CreateNode { Grid = "prod", Name = name, Token = token, TokenSeconds = seconds };
        var result = CreateNodeDecision.Decide(Some.Snapshot(Waiting), command, "random-token-for-it", tokenIsTaken: token == "a-token-that-is-taken", Some.Now);
        Assert.Equal(CommandOutcome.Refused, result.Reply.Outcome);
        Assert.Contains(expected, result.Reply.Show(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_new_record_has_a_number_a_token_and_its_end()
    {
        var decision = CreateNodeDecision.Decide(
            Some.Snapshot(Waiting), new CreateNode { Grid = "prod", Name = "core-2", Labels = ["a=b"], TokenSeconds = 60 }, "random-token-for-it", false, Some.Now);
        var node = Assert.Single(decision.Puts(StateKeys.Node));
        Assert.Equal(("core-2", 2, null, "random-token-for-it", Some.Now.AddSeconds(60)), (node.Name, node.Number, node.NodeId, node.Token, node.TokenExpiresAt));
    }

    [Fact]
    public void An_engine_id_that_would_give_rights_on_what_is_shared_is_refused()
    {
        foreach (var id in new[] { "data", "DATA", "d.a:t-a" })
            Assert.Contains("reserved", JoinDecision.Mistake(Join with { NodeId = id }), StringComparison.Ordinal);
        Assert.Null(JoinDecision.Mistake(Join with { NodeId = "data2" }));
    }

    [Fact]
    public void Names_that_are_too_long_for_the_broker_are_refused_before_anything_is_kept()
    {
        var decision = JoinDecision.Decide(Some.Snapshot(Some.Grid()), Join with { Name = new string('n', 240) }, null, Incumbent.None, Some.Now, Enrolment);
        Assert.Contains("too long for the broker", decision.Reply.Refusal, StringComparison.Ordinal);
        Assert.Null(decision.Batch);
    }

    [Fact]
    public void The_removal_of_a_node_remembers_that_its_user_has_to_go()
    {
        var command = new RemoveNode { Grid = "prod", Node = "core-1" };
        var revoked = Assert.Single(RemoveNodeDecision.Decide(Some.Snapshot(Bound()), command, Some.Now).Puts(StateKeys.RevokedIdentity));
        Assert.Equal("node-idnew", revoked.User);
        Assert.Empty(RemoveNodeDecision.Decide(Some.Snapshot(Bound() with { BrokerPasswordHash = null }), command, Some.Now).Puts(StateKeys.RevokedIdentity));
    }

    private static Node Bound() => Assert.Single(JoinDecision.Decide(Some.Snapshot(Waiting), Join, "core-1", Incumbent.None, Some.Now, Enrolment).Puts(StateKeys.Node));
}
