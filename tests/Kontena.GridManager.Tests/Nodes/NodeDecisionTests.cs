using Kontena.Contracts.Commands;
using Kontena.Contracts.Nodes;
using Kontena.GridManager.Nodes;
using Kontena.State;
using Xunit;

namespace Kontena.GridManager.Tests.Nodes;

public sealed class NodeDecisionTests
{
    private static readonly UpdateNode Update = new() { Grid = "prod", Node = "core-1" };

    [Fact]
    public void Availability_and_labels_change()
    {
        var decision = UpdateNodeDecision.Decide(Some.Snapshot(Some.Node(1)), Update with { Availability = "drain", Labels = ["az=1"] }, Some.Now);
        var node = Assert.Single(decision.Puts(StateKeys.Node));
        Assert.Equal(NodeAvailability.Drain, node.Availability);
        Assert.Equal(["az=1"], node.Labels);
        Assert.Equal(["node core-1"], decision.Announced());
    }

    [Fact]
    public void Nulls_keep_and_an_empty_list_clears()
    {
        var labelled = Some.Node(1) with { Labels = ["a=1"] };
        Assert.Null(UpdateNodeDecision.Decide(Some.Snapshot(labelled), Update, Some.Now).Batch);
        Assert.Empty(Assert.Single(UpdateNodeDecision.Decide(Some.Snapshot(labelled), Update with { Labels = [] }, Some.Now).Puts(StateKeys.Node)).Labels);
    }

    [Theory]
    [InlineData("evacuate")]
    [InlineData("")]
    [InlineData("Active")]
    public void Another_availability_is_no_option(string availability) => Assert.Equal(
        "Refused; availability: Availability isn't an option",
        UpdateNodeDecision.Decide(Some.Snapshot(Some.Node(1)), Update with { Availability = availability }, Some.Now).Reply.Show());

    [Fact]
    public void A_node_that_is_not_there_is_not_found()
    {
        Assert.Equal(CommandOutcome.NotFound, UpdateNodeDecision.Decide(Some.Snapshot(), Update, Some.Now).Reply.Outcome);
        Assert.Equal(CommandOutcome.NotFound, RemoveNodeDecision.Decide(Some.Snapshot(), new RemoveNode { Grid = "prod", Node = "x" }, Some.Now).Reply.Outcome);
    }

    [Fact]
    public void Removal_takes_the_liveness_along() =>
        Assert.Equal(["node core-1 3", "node-liveness core-1 -1", "network-check core-1 -1"],
            RemoveNodeDecision.Decide(Some.Snapshot(Some.Node(1)), new RemoveNode { Grid = "prod", Node = "core-1" }, Some.Now).Deletes());

    [Fact]
    public void A_machine_that_took_the_name_since_is_not_removed_in_place_of_the_one_that_was_meant()
    {
        var command = new RemoveNode { Grid = "prod", Node = "core-1", NodeId = "ID:1" };
        Assert.Equal(CommandOutcome.NotFound, RemoveNodeDecision.Decide(Some.Snapshot(Some.Node(1, nodeId: "ID:other")), command, Some.Now).Reply.Outcome);
        Assert.NotNull(RemoveNodeDecision.Decide(Some.Snapshot(Some.Node(1)), command, Some.Now).Batch);
    }

    [Fact]
    public void Facts_are_stored_when_they_differ_and_only_from_the_engine_of_the_record()
    {
        var grid = Some.Snapshot(Some.Node(1));
        var report = new NodeFactsReport { Grid = "prod", Node = "core-1", NodeId = "ID:1", Facts = new NodeFacts { Os = "Debian", Cpus = 8 } };
        Assert.Equal(8, Assert.Single(FactsConsumer.Decide(grid, report, Some.Now).Puts(StateKeys.Node)).Facts!.Cpus);
        Assert.Null(FactsConsumer.Decide(grid, report with { Facts = Some.Node(1).Facts! }, Some.Now).Batch);
        Assert.Equal(CommandOutcome.NotFound, FactsConsumer.Decide(grid, report with { NodeId = "ID:2" }, Some.Now).Reply.Outcome);
    }
}
