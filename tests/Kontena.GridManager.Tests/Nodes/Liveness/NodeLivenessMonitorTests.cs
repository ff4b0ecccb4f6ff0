using Kontena.Contracts.Nodes;
using Kontena.GridManager.Nodes.Liveness;
using Kontena.Testing;
using Xunit;

namespace Kontena.GridManager.Tests.Nodes.Liveness;

/// <summary>Silence, probes, and what is stored of a node.</summary>
public sealed class NodeLivenessMonitorTests : LivenessScene
{
    [Fact]
    public void Three_missed_heartbeats_make_a_suspect_and_a_fourth_an_offline_node()
    {
        Know("a", "b");
        Live(20, ["a", "b"]);
        Live(40, ["b"]);
        Assert.Equal(["24 a Suspect", "26 a Offline"], Changes);
    }

    [Fact]
    public void A_heartbeat_brings_a_node_back_at_once()
    {
        Know("a", "b");
        Live(10, ["a", "b"]);
        Live(30, ["b"]);
        Live(3, ["a", "b"]);
        Assert.Equal(LivenessState.Online, States["a"]);
        Assert.NotNull(Monitor.Look());
    }

    [Fact]
    public void A_single_node_is_judged_too()
    {
        Know("a");
        Live(10, ["a"]);
        Live(25, []);
        Assert.Equal(LivenessState.Offline, States["a"]);
    }

    [Fact]
    public void A_broker_that_is_away_makes_nobody_offline_and_all_get_the_full_grace_after_it()
    {
        Know("a", "b");
        Live(10, ["a", "b"]);
        Live(300, [], probes: false);
        Assert.Empty(Changes);
        Live(5, []);
        Assert.Empty(Changes);
        Live(5, ["a", "b"]);
        Assert.Empty(Changes);
    }

    [Fact]
    public void Nodes_get_twelve_seconds_to_find_the_broker_again_before_silence_counts()
    {
        Know("a", "b");
        Live(20, ["a", "b"]);
        Live(60, [], probes: false);
        Live(19, ["b"]);
        Assert.DoesNotContain(LivenessState.Offline, States.Values);
        Live(3, ["b"]);
        Assert.Equal(LivenessState.Offline, States["a"]);
    }

    [Fact]
    public void A_pause_of_this_process_makes_nobody_offline()
    {
        Know("a", "b");
        Live(10, ["a", "b"]);
        Clock.Advance(TimeSpan.FromMinutes(10));
        Look();
        Live(5, ["a"]);
        Assert.Empty(Changes);
    }

    [Fact]
    public void All_silent_at_once_is_doubted_for_two_minutes()
    {
        Know("a", "b", "c");
        Live(10, ["a", "b", "c"]);
        Live(119, []);
        Assert.Empty(Changes);
        Assert.True(Monitor.Look().Doubting);
        Live(30, []);
        Assert.All(States.Values, state => Assert.Equal(LivenessState.Offline, state));
    }

    [Fact]
    public void The_first_to_return_after_all_were_silent_does_not_make_the_others_offline()
    {
        Know("a", "b", "c");
        Live(10, ["a", "b", "c"]);
        Live(60, []);
        Live(15, ["a"]);
        Assert.DoesNotContain(LivenessState.Offline, States.Values);
        Live(20, ["a"]);
        Assert.Equal(LivenessState.Offline, States["b"]);
    }

    [Fact]
    public void After_a_restart_nodes_that_were_online_get_the_full_grace_and_offline_ones_stay_offline()
    {
        Know("a", "b");
        Know(LivenessState.Offline, "c");
        Live(5, []);
        Assert.Empty(Changes);
        Live(30, ["b"]);
        Assert.Equal(LivenessState.Offline, States["a"]);
        Assert.DoesNotContain(Changes, change => change.Contains(" c ", StringComparison.Ordinal));
    }

    [Fact]
    public void A_node_that_this_process_learned_of_late_was_not_silent_before()
    {
        // Our probes came back all the time, but the store was away: heartbeats of nodes that this process does not know say nothing to it.
        Live(60, []);
        Know("a", "b");
        Live(4, ["b"]);
        Assert.Empty(Changes);
        Live(3, ["a", "b"]);
        Assert.Empty(Changes);
        Live(10, ["b"]);
        Assert.Equal(LivenessState.Offline, States["a"]);
    }

    [Fact]
    public void Probes_of_others_prove_nothing()
    {
        Know("a");
        for (var second = 0; second < 60; second++)
        {
            Monitor.ProbeReturned(Monitor.Probe() with { Sender = "another process" });
            Step();
        }

        Assert.True(Monitor.Look().Suspended);
        Assert.Empty(Changes);
    }

    [Fact]
    public void A_process_that_stood_still_judges_nobody_by_the_probe_that_lay_in_it()
    {
        Know("a", "b");
        Live(20, ["a", "b"]);
        var probe = Monitor.Probe();
        Clock.Advance(TimeSpan.FromSeconds(24));
        // It goes on: what lay in it is handled first, and the heartbeats sent meanwhile went to another process.
        Monitor.ProbeReturned(probe);
        Beat("b");
        Step();
        Assert.True(Monitor.Look().Suspended);
        Assert.Empty(Changes);
    }

    [Fact]
    public void The_last_sight_is_stored_every_ten_seconds_and_times_of_changes_are_kept()
    {
        Know("a", "b");
        var puts = new List<NodeLiveness>();
        for (var second = 0; second < 60; second++)
        {
            Beat("b");
            if (second < 30)
                Beat("a");
            Monitor.ProbeReturned(Monitor.Probe());
            puts.AddRange(Step().Where(liveness => liveness.Node == "a"));
        }

        Assert.Equal(2, puts.Count(liveness => liveness.State == LivenessState.Online));
        var offline = puts[^1];
        Assert.Equal(LivenessState.Offline, offline.State);
        Assert.Equal(TimeSpan.FromSeconds(8), offline.DisconnectedAt - offline.LastSeenAt);
    }

    [Fact]
    public void Heartbeats_of_another_engine_or_node_are_unknown()
    {
        Know("a");
        Assert.Equal(Hearing.Known, Monitor.Heard(Some.Beat("a", "ID:a", "hash-a") with { SentAt = Clock.GetUtcNow() }));
        Assert.Equal(Hearing.OtherFacts, Monitor.Heard(Some.Beat("a", "ID:a", "other") with { SentAt = Clock.GetUtcNow() }));
        Assert.Equal(Hearing.Unknown, Monitor.Heard(Some.Beat("a", "ID:b", "hash-a") with { SentAt = Clock.GetUtcNow() }));
        Assert.Equal(Hearing.Unknown, Monitor.Heard(Some.Beat("b", "ID:b", "hash-b") with { SentAt = Clock.GetUtcNow() }));
        Monitor.Forget("prod", "a");
        Assert.Equal(Hearing.Unknown, Monitor.Heard(Some.Beat("a", "ID:a", "hash-a") with { SentAt = Clock.GetUtcNow() }));
    }

    [Fact]
    public void A_clock_that_is_off_is_said_by_the_heartbeat_that_was_under_way_least()
    {
        Know("a");
        var clock = new List<double?>();
        for (var second = 0; second < 20; second++)
        {
            // Four minutes and twelve seconds behind; every other beat waits three seconds more in a queue.
            Monitor.Heard(Some.Beat("a", "ID:a", "hash-a") with { SentAt = Clock.GetUtcNow().AddSeconds(-252 - (second % 2 * 3)) });
            Monitor.ProbeReturned(Monitor.Probe());
            clock.AddRange(Step().Select(liveness => liveness.ClockAhead));
        }

        Assert.Equal(-252, clock[0]);
        Assert.All(clock, ahead => Assert.Equal(-252, ahead));
    }

    [Fact]
    public void Troubles_are_stored_when_they_come_and_when_they_go_and_not_in_between()
    {
        Know("a");
        var stored = new List<int>();
        for (var second = 0; second < 9; second++)
        {
            Monitor.Heard(Some.Beat("a", "ID:a", "hash-a") with
            {
                SentAt = Clock.GetUtcNow(), Troubles = second is >= 3 and < 6 ? ["the container engine can't be asked: no"] : [],
            });
            Monitor.ProbeReturned(Monitor.Probe());
            stored.AddRange(Step().Select(liveness => liveness.Troubles.Count));
        }

        Assert.Equal([1, 0], stored);
    }

    [Fact]
    public void A_second_machine_with_the_engine_id_is_a_rival_and_no_sign_of_life()
    {
        Know("a", "b");
        for (var second = 0; second < 20; second += 2)
        {
            Beat("b");
            Assert.Equal(Hearing.Known, Hear("first"));
            // Six seconds may be a restart; then it is told apart.
            Assert.Equal(second < 6 ? Hearing.Known : Hearing.Rival, Hear("copy"));
            Monitor.ProbeReturned(Monitor.Probe());
            Step();
            Step();
        }

        Monitor.Refused("prod", "a", "copy-of-a (10.0.0.9)");
        Beat("b");
        Assert.Contains(Step(), liveness => liveness is { Node: "a", Run: "first", Rival.Name: "copy-of-a (10.0.0.9)" });

        // The node goes, its copy goes on: after the time of a restart the copy is the node.
        for (var second = 0; second < 8; second++)
        {
            Monitor.ProbeReturned(Monitor.Probe());
            Step();
        }

        Assert.Equal(RunVerdict.Node, Monitor.Asked("prod", "a", "copy"));
        Hearing Hear(string run) => Monitor.Heard(Some.Beat("a", "ID:a", "hash-a", run) with { SentAt = Clock.GetUtcNow() });
    }
}
