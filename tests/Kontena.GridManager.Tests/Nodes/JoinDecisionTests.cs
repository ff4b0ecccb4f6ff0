using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Kontena.Contracts;
using Kontena.Contracts.Nodes;
using Kontena.GridManager.Decisions;
using Kontena.GridManager.Nodes;
using Kontena.GridManager.Nodes.Liveness;
using Kontena.State;
using Xunit;

namespace Kontena.GridManager.Tests.Nodes;

public sealed class JoinDecisionTests
{
    private static readonly JoinGrid Join = new()
    {
        NodeId = "ID:NEW",
        Name = "box",
        Token = "the-token-of-prod",
        Labels = ["az=1", " ", "az=1"],
        Facts = new NodeFacts { Os = "Debian", Cpus = 2 },
    };

    [Fact]
    public void A_new_machine_gets_the_smallest_free_number_and_its_block()
    {
        var decision = Decide(Some.Snapshot(Some.Node(1), Some.Node(3)));
        var node = Assert.Single(decision.Puts(StateKeys.Node));
        Assert.Equal(("box", 2, "ID:NEW"), (node.Name, node.Number, node.NodeId));
        Assert.Equal(["az=1"], node.Labels);
        var liveness = Assert.Single(decision.Puts(StateKeys.NodeLiveness));
        Assert.Equal((LivenessState.Online, Some.Now), (liveness.State, liveness.ConnectedAt));
        Assert.Equal(["node box", "node-liveness box"], decision.Announced());

        var answer = decision.Batch!.Messages.Single(message => message.Type == typeof(NodeJoined).FullName);
        Assert.Equal("node-idnew", answer.Destination.Name);
        var joined = JsonSerializer.Deserialize(answer.Body, KontenaJson.Default.NodeJoined)!;
        Assert.Equal(("prod", "box", 2, "10.81.0.0/16", "10.81.2.0/24"), (joined.Grid, joined.Node, joined.Number, joined.GridSubnet, joined.NodeSubnet));
    }

    [Fact]
    public void A_name_that_is_taken_gets_the_number()
    {
        Assert.Equal("box-2", Decide(Some.Snapshot(Some.Node(1, "box"))).Reply.Node!.Name);
        Assert.Equal("box-3-3", Decide(Some.Snapshot(Some.Node(1, "box"), Some.Node(2, "box-3"))).Reply.Node!.Name);
    }

    [Fact]
    public void Asked_again_the_answer_is_the_same_and_the_record_stays()
    {
        var first = Decide(Some.Snapshot()).Reply.Node!;
        var again = Decide(Some.Snapshot(first));
        Assert.Empty(again.Puts(StateKeys.Node));
        Assert.Equal((first.Name, first.Number), (again.Reply.Node!.Name, again.Reply.Node.Number));
        Assert.Contains(again.Batch!.Messages, message => message.Type == typeof(NodeJoined).FullName);
    }

    [Fact]
    public void A_returning_machine_keeps_its_name_number_and_labels_and_brings_new_facts()
    {
        var known = Some.Node(5, "old-name", "ID:NEW") with { Labels = ["set=by-api"] };
        var node = Assert.Single(Decide(Some.Snapshot(known)).Puts(StateKeys.Node));
        Assert.Equal(("old-name", 5, 2), (node.Name, node.Number, node.Facts!.Cpus));
        Assert.Equal(["set=by-api"], node.Labels);
    }

    [Fact]
    public void A_full_grid_says_so()
    {
        var grid = Some.Grid() with { Subnet = "10.81.0.0/22" };
        var decision = Decide(Some.Snapshot(grid, Some.Node(1), Some.Node(2), Some.Node(3)));
        Assert.StartsWith("grid prod is full: its subnet 10.81.0.0/22 has room for 3 nodes", decision.Reply.Refusal, StringComparison.Ordinal);
        Assert.Null(decision.Batch);
    }

    [Fact]
    public void A_node_with_a_token_of_its_own_is_not_opened_by_the_grids()
    {
        var known = Some.Node(1, nodeId: "ID:NEW", token: "its-own");
        Assert.Contains("has a token of its own", Decide(Some.Snapshot(known)).Reply.Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void A_node_token_binds_to_the_first_engine_and_adds_labels()
    {
        var made = Some.Node(1, "made", token: "its-own") with { NodeId = null, Labels = ["by=admin"] };
        var bound = Assert.Single(JoinDecision.Decide(Some.Snapshot(made), Join, "made", Incumbent.None, Some.Now).Puts(StateKeys.Node));
        Assert.Equal("ID:NEW", bound.NodeId);
        Assert.Equal(["by=admin", "az=1"], bound.Labels);
        var other = JoinDecision.Decide(Some.Snapshot(bound), Join with { NodeId = "ID:OTHER" }, "made", Incumbent.None, Some.Now);
        Assert.Contains("in use by another engine", other.Reply.Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Engines_whose_queues_would_be_one_are_told_apart() =>
        Assert.Contains("their queues would be one", Decide(Some.Snapshot(Some.Node(1, nodeId: "id-new"))).Reply.Refusal, StringComparison.Ordinal);

    public static TheoryData<string, JoinGrid> Mistakes => new()
    {
        { "node id", Join with { NodeId = "" } },
        { "node id", Join with { NodeId = "::" } },
        { "node id", Join with { NodeId = new string('a', 129) } },
        { "node name", Join with { Name = "a/b" } },
        { "node name", Join with { Name = null! } },
        { "facts", Join with { Facts = null! } },
        { "token", Join with { Token = "" } },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void A_request_that_can_not_be_used_is_explained(string about, JoinGrid join) =>
        Assert.Contains(about, JoinDecision.Mistake(join), StringComparison.Ordinal);

    [Fact]
    public void Only_the_whole_token_opens()
    {
        Assert.Equal("prod", JoinTokens.GridOf([Some.Grid("a"), Some.Grid(), Some.Grid("b")], "the-token-of-prod")?.Name);
        Assert.Null(JoinTokens.GridOf([Some.Grid()], "the-token-of-pro"));
        Assert.Null(JoinTokens.GridOf([Some.Grid()], "the-token-of-prod "));
        Assert.Null(JoinTokens.NodeOf([Some.Node(1)], ""));
    }

    [Fact]
    public void Law_numbers_stay_unique_and_dense_and_names_unique_whoever_joins_and_leaves() =>
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            var random = new Random(seed);
            var nodes = new List<Node>();
            for (var step = 0; step < 30; step++)
            {
                if (nodes.Count > 0 && random.Next(4) == 0)
                {
                    nodes.RemoveAt(random.Next(nodes.Count));
                    continue;
                }

                var free = Enumerable.Range(1, 254).First(number => nodes.All(node => node.Number != number));
                var outcome = JoinDecision.Decide(
                    Some.Snapshot([.. nodes]), Join with { NodeId = $"ID:{step}", Name = random.Next(3) == 0 ? "box" : $"box-{random.Next(4)}" }, null, Incumbent.None, Some.Now).Reply;
                if (outcome.Node!.Number != free)
                    return false;
                nodes.Add(outcome.Node);
            }

            return nodes.Select(node => node.Name).Distinct().Count() == nodes.Count && nodes.Select(node => node.Number).Distinct().Count() == nodes.Count;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_node_is_bound_to_the_key_of_the_agent_that_joined_as_it()
    {
        var keyed = Join with { Key = "the-key-of-the-first", Run = "run1" };
        var node = Decide(Some.Snapshot(), keyed).Reply.Node!;
        Assert.Equal(64, node.KeyHash!.Length);
        Assert.DoesNotContain("the-key", JsonSerializer.Serialize(node, KontenaJson.Default.Node), StringComparison.Ordinal);

        var copy = keyed with { Key = "the-key-of-the-second", Run = "run2" };
        foreach (var state in new[] { LivenessState.Online, LivenessState.Suspect })
        {
            var refused = Decide(Some.Snapshot(node), copy, new Incumbent(state, RunVerdict.Node));
            Assert.Null(refused.Batch);
            Assert.Equal("box", refused.Reply.RivalOf);
            Assert.Contains("node update --forget-agent box", refused.Reply.Refusal, StringComparison.Ordinal);
        }

        // Silent for longer than the grid's limit, or forgotten by an operator: a machine whose agent lost its directory.
        var taken = Decide(Some.Snapshot(node), copy).Reply.Node!;
        Assert.NotEqual(node.KeyHash, taken.KeyHash);
        var forgotten = Decide(Some.Snapshot(node with { KeyHash = null }), copy, new Incumbent(LivenessState.Online, RunVerdict.Node)).Reply.Node!;
        Assert.Equal(taken.KeyHash, forgotten.KeyHash);
    }

    [Fact]
    public void An_older_agent_gives_no_key_and_unbinds_nothing()
    {
        var node = Decide(Some.Snapshot(), Join with { Key = "the-key-of-the-first" }).Reply.Node!;
        Assert.Equal(node.KeyHash, Decide(Some.Snapshot(node), Join, new Incumbent(LivenessState.Online, RunVerdict.Node)).Reply.Node!.KeyHash);
    }

    [Fact]
    public void With_the_same_key_the_process_decides_and_a_restart_is_told_from_a_copy_by_waiting()
    {
        var keyed = Join with { Key = "the-key-of-the-first" };
        var grid = Some.Snapshot(Decide(Some.Snapshot(), keyed).Reply.Node!);
        var waits = Decide(grid, keyed, new Incumbent(LivenessState.Online, RunVerdict.Waits));
        Assert.Null(waits.Batch);
        Assert.Equal(new JoinOutcome(null, null), waits.Reply);
        Assert.Equal("box", Decide(grid, keyed, new Incumbent(LivenessState.Online, RunVerdict.Rival)).Reply.RivalOf);
        Assert.NotNull(Decide(grid, keyed, new Incumbent(LivenessState.Online, RunVerdict.Node)).Reply.Joined);
    }

    [Theory]
    [InlineData("short", "run1", "key")]
    [InlineData(null, "run 1", "run")]
    [InlineData(null, "", "run")]
    public void A_key_or_run_that_can_t_be_one_is_a_mistake(string? key, string run, string what) =>
        Assert.Contains($"the agent's {what} must", JoinDecision.Mistake(Join with { Key = key, Run = run }), StringComparison.Ordinal);

    private static Decision<JoinOutcome> Decide(GridSnapshot grid, JoinGrid join, Incumbent? incumbent = null) =>
        JoinDecision.Decide(grid, join, null, incumbent ?? Incumbent.None, Some.Now);

    private static Decision<JoinOutcome> Decide(GridSnapshot grid) => JoinDecision.Decide(grid, Join, null, Incumbent.None, Some.Now);
}
