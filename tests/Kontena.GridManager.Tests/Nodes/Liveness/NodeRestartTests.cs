using Kontena.Contracts.Nodes;
using Kontena.GridManager.Nodes.Liveness;
using Kontena.Testing;
using Xunit;

namespace Kontena.GridManager.Tests.Nodes.Liveness;

/// <summary>A node whose agent was stopped in good order has longer than one that falls silent.</summary>
public sealed class NodeRestartTests : LivenessScene
{
    [Fact]
    public void A_node_whose_agent_said_that_it_comes_back_is_suspect_at_once_and_has_a_minute()
    {
        Know("a", "b");
        Live(20, ["a", "b"]);
        Leave("a");
        var left = Assert.Single(Step());
        Assert.Equal((LivenessState.Suspect, Clock.GetUtcNow().AddSeconds(-1)), (left.State, left.RestartsSince));
        Live(58, ["b"]);
        Assert.Equal(["21 a Suspect"], Changes);
        Live(1, ["b"]);
        Assert.Equal(["21 a Suspect", "80 a Offline"], Changes);
        Assert.Null(Stored["a"].RestartsSince);
        Live(30, ["b"]);
        Assert.Equal(2, Changes.Count);
    }

    [Fact]
    public void An_agent_that_is_back_in_time_is_judged_as_before()
    {
        Know("a", "b");
        Live(10, ["a", "b"]);
        Leave("a");
        Live(50, ["b"]);
        Live(4, ["a", "b"]);
        Assert.Equal(["11 a Suspect", "61 a Online"], Changes);
        Assert.Null(Stored["a"].RestartsSince);
        Live(20, ["b"]);
        Assert.Equal(["11 a Suspect", "61 a Online", "68 a Suspect", "70 a Offline"], Changes);
    }

    [Fact]
    public void All_may_be_restarted_at_once_and_one_that_falls_silent_meanwhile_is_still_judged()
    {
        Know("a", "b", "c");
        Live(20, ["a", "b", "c"]);
        Leave("a");
        Leave("b");
        Live(20, []);
        Assert.Equal(LivenessState.Offline, States["c"]);
        Assert.Equal(LivenessState.Suspect, States["a"]);
        Assert.False(Monitor.Look().Doubting);
    }

    [Fact]
    public void A_beat_that_was_overtaken_by_the_last_one_does_not_take_it_back()
    {
        Know("a", "b");
        var beat = Some.Beat("a", "ID:a", "hash-a", "run") with { SentAt = Clock.GetUtcNow() };
        Monitor.Heard(beat);
        Monitor.Heard(beat with { Leaves = true });
        Monitor.Heard(beat);
        Live(30, ["b"]);
        Assert.Equal(LivenessState.Suspect, States["a"]);
        Monitor.Heard(beat with { Run = "next", SentAt = Clock.GetUtcNow() });
        Step();
        Assert.Equal(LivenessState.Online, States["a"]);
    }

    [Fact]
    public void The_last_word_of_a_copy_says_nothing_of_the_node()
    {
        Know("a", "b");
        var beat = Some.Beat("a", "ID:a", "hash-a", "first") with { SentAt = Clock.GetUtcNow() };
        Monitor.Heard(beat);
        Monitor.Heard(beat with { Run = "copy", Leaves = true });
        Step();
        Assert.Empty(Changes);
    }

    [Fact]
    public void Another_process_that_takes_over_gives_a_node_that_is_being_restarted_its_time()
    {
        Know("a", "b");
        Live(20, ["a", "b"]);
        Leave("a");
        Step();
        var next = new NodeLivenessMonitor(new LivenessOptions(), Clock);
        next.Learn(Some.Node(1, "a", "ID:a"), Stored["a"], 1, heard: false);
        next.Learn(Some.Node(2, "b", "ID:b"), Stored["b"], 1, heard: false);
        for (var second = 0; second < 65; second++)
        {
            next.ProbeReturned(next.Probe());
            next.Heard(Some.Beat("b", "ID:b", "hash-b") with { SentAt = Clock.GetUtcNow() });
            Clock.Advance(TimeSpan.FromSeconds(1));
            Assert.DoesNotContain(next.Look().Changes, change => change.Wanted.State == LivenessState.Offline);
        }

        for (var second = 0; second < 10; second++)
        {
            next.ProbeReturned(next.Probe());
            next.Heard(Some.Beat("b", "ID:b", "hash-b") with { SentAt = Clock.GetUtcNow() });
            Clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Contains(next.Look().Changes, change => change.Wanted is { Node: "a", State: LivenessState.Offline });
    }

    private void Leave(string node) => Monitor.Heard(Some.Beat(node, $"ID:{node}", $"hash-{node}") with { SentAt = Clock.GetUtcNow(), Leaves = true });
}
