using Kontena.Contracts.Nodes;
using Kontena.GridManager.Nodes.Liveness;
using Kontena.Testing;
using Xunit;

namespace Kontena.GridManager.Tests.Nodes.Liveness;

/// <summary>Time passes in seconds; nodes beat every two, probes come back every one, unless a test says otherwise.</summary>
public sealed class NodeLivenessMonitorTests
{
    private readonly TestClock _clock = new();
    private readonly NodeLivenessMonitor _monitor;
    private readonly Dictionary<string, LivenessState> _states = [];
    private readonly Dictionary<string, NodeLiveness> _stored = [];
    private readonly List<string> _changes = [];
    private long _second;

    public NodeLivenessMonitorTests() => _monitor = new NodeLivenessMonitor(new LivenessOptions(), _clock);

    [Fact]
    public void Three_missed_heartbeats_make_a_suspect_and_a_fourth_an_offline_node()
    {
        Know("a", "b");
        Live(20, ["a", "b"]);
        Live(40, ["b"]);
        Assert.Equal(["24 a Suspect", "26 a Offline"], _changes);
    }

    [Fact]
    public void A_heartbeat_brings_a_node_back_at_once()
    {
        Know("a", "b");
        Live(10, ["a", "b"]);
        Live(30, ["b"]);
        Live(3, ["a", "b"]);
        Assert.Equal(LivenessState.Online, _states["a"]);
        Assert.NotNull(_monitor.Look());
    }

    [Fact]
    public void A_single_node_is_judged_too()
    {
        Know("a");
        Live(10, ["a"]);
        Live(25, []);
        Assert.Equal(LivenessState.Offline, _states["a"]);
    }

    [Fact]
    public void A_broker_that_is_away_makes_nobody_offline_and_all_get_the_full_grace_after_it()
    {
        Know("a", "b");
        Live(10, ["a", "b"]);
        Live(300, [], probes: false);
        Assert.Empty(_changes);
        Live(5, []);
        Assert.Empty(_changes);
        Live(5, ["a", "b"]);
        Assert.Empty(_changes);
    }

    [Fact]
    public void Nodes_get_twelve_seconds_to_find_the_broker_again_before_silence_counts()
    {
        Know("a", "b");
        Live(20, ["a", "b"]);
        Live(60, [], probes: false);
        Live(19, ["b"]);
        Assert.DoesNotContain(LivenessState.Offline, _states.Values);
        Live(3, ["b"]);
        Assert.Equal(LivenessState.Offline, _states["a"]);
    }

    [Fact]
    public void A_pause_of_this_process_makes_nobody_offline()
    {
        Know("a", "b");
        Live(10, ["a", "b"]);
        _clock.Advance(TimeSpan.FromMinutes(10));
        Look();
        Live(5, ["a"]);
        Assert.Empty(_changes);
    }

    [Fact]
    public void All_silent_at_once_is_doubted_for_two_minutes()
    {
        Know("a", "b", "c");
        Live(10, ["a", "b", "c"]);
        Live(119, []);
        Assert.Empty(_changes);
        Assert.True(_monitor.Look().Doubting);
        Live(30, []);
        Assert.All(_states.Values, state => Assert.Equal(LivenessState.Offline, state));
    }

    [Fact]
    public void The_first_to_return_after_all_were_silent_does_not_make_the_others_offline()
    {
        Know("a", "b", "c");
        Live(10, ["a", "b", "c"]);
        Live(60, []);
        Live(15, ["a"]);
        Assert.DoesNotContain(LivenessState.Offline, _states.Values);
        Live(20, ["a"]);
        Assert.Equal(LivenessState.Offline, _states["b"]);
    }

    [Fact]
    public void After_a_restart_nodes_that_were_online_get_the_full_grace_and_offline_ones_stay_offline()
    {
        Know("a", "b");
        Know(LivenessState.Offline, "c");
        Live(5, []);
        Assert.Empty(_changes);
        Live(30, ["b"]);
        Assert.Equal(LivenessState.Offline, _states["a"]);
        Assert.DoesNotContain(_changes, change => change.Contains(" c ", StringComparison.Ordinal));
    }

    [Fact]
    public void A_node_that_this_process_learned_of_late_was_not_silent_before()
    {
        // Our probes came back all the time, but the store was away: heartbeats of nodes that this process does not know say nothing to it.
        Live(60, []);
        Know("a", "b");
        Live(4, ["b"]);
        Assert.Empty(_changes);
        Live(3, ["a", "b"]);
        Assert.Empty(_changes);
        Live(10, ["b"]);
        Assert.Equal(LivenessState.Offline, _states["a"]);
    }

    [Fact]
    public void Probes_of_others_prove_nothing()
    {
        Know("a");
        for (var second = 0; second < 60; second++)
        {
            _monitor.ProbeReturned(_monitor.Probe() with { Sender = "another process" });
            Step();
        }

        Assert.True(_monitor.Look().Suspended);
        Assert.Empty(_changes);
    }

    [Fact]
    public void A_process_that_stood_still_judges_nobody_by_the_probe_that_lay_in_it()
    {
        Know("a", "b");
        Live(20, ["a", "b"]);
        var probe = _monitor.Probe();
        _clock.Advance(TimeSpan.FromSeconds(24));
        // It goes on: what lay in it is handled first, and the heartbeats sent meanwhile went to another process.
        _monitor.ProbeReturned(probe);
        Beat("b");
        Step();
        Assert.True(_monitor.Look().Suspended);
        Assert.Empty(_changes);
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
            _monitor.ProbeReturned(_monitor.Probe());
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
        Assert.Equal(Hearing.Known, _monitor.Heard(Some.Beat("a", "ID:a", "hash-a") with { SentAt = _clock.GetUtcNow() }));
        Assert.Equal(Hearing.OtherFacts, _monitor.Heard(Some.Beat("a", "ID:a", "other") with { SentAt = _clock.GetUtcNow() }));
        Assert.Equal(Hearing.Unknown, _monitor.Heard(Some.Beat("a", "ID:b", "hash-a") with { SentAt = _clock.GetUtcNow() }));
        Assert.Equal(Hearing.Unknown, _monitor.Heard(Some.Beat("b", "ID:b", "hash-b") with { SentAt = _clock.GetUtcNow() }));
        _monitor.Forget("prod", "a");
        Assert.Equal(Hearing.Unknown, _monitor.Heard(Some.Beat("a", "ID:a", "hash-a") with { SentAt = _clock.GetUtcNow() }));
    }

    [Fact]
    public void A_clock_that_is_off_is_said_by_the_heartbeat_that_was_under_way_least()
    {
        Know("a");
        var clock = new List<double?>();
        for (var second = 0; second < 20; second++)
        {
            // Four minutes and twelve seconds behind; every other beat waits three seconds more in a queue.
            _monitor.Heard(Some.Beat("a", "ID:a", "hash-a") with { SentAt = _clock.GetUtcNow().AddSeconds(-252 - (second % 2 * 3)) });
            _monitor.ProbeReturned(_monitor.Probe());
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
            _monitor.Heard(Some.Beat("a", "ID:a", "hash-a") with
            {
                SentAt = _clock.GetUtcNow(), Troubles = second is >= 3 and < 6 ? ["the container engine can't be asked: no"] : [],
            });
            _monitor.ProbeReturned(_monitor.Probe());
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
            _monitor.ProbeReturned(_monitor.Probe());
            Step();
            Step();
        }

        _monitor.Refused("prod", "a", "copy-of-a (10.0.0.9)");
        Beat("b");
        Assert.Contains(Step(), liveness => liveness is { Node: "a", Run: "first", Rival.Name: "copy-of-a (10.0.0.9)" });

        // The node goes, its copy goes on: after the time of a restart the copy is the node.
        for (var second = 0; second < 8; second++)
        {
            _monitor.ProbeReturned(_monitor.Probe());
            Step();
        }

        Assert.Equal(RunVerdict.Node, _monitor.Asked("prod", "a", "copy"));
        Hearing Hear(string run) => _monitor.Heard(Some.Beat("a", "ID:a", "hash-a", run) with { SentAt = _clock.GetUtcNow() });
    }

    [Fact]
    public void A_node_whose_agent_said_that_it_comes_back_is_suspect_at_once_and_has_a_minute()
    {
        Know("a", "b");
        Live(20, ["a", "b"]);
        Leave("a");
        var left = Assert.Single(Step());
        Assert.Equal((LivenessState.Suspect, _clock.GetUtcNow().AddSeconds(-1)), (left.State, left.RestartsSince));
        Live(58, ["b"]);
        Assert.Equal(["21 a Suspect"], _changes);
        Live(1, ["b"]);
        Assert.Equal(["21 a Suspect", "80 a Offline"], _changes);
        Assert.Null(_stored["a"].RestartsSince);
        Live(30, ["b"]);
        Assert.Equal(2, _changes.Count);
    }

    [Fact]
    public void An_agent_that_is_back_in_time_is_judged_as_before()
    {
        Know("a", "b");
        Live(10, ["a", "b"]);
        Leave("a");
        Live(50, ["b"]);
        Live(4, ["a", "b"]);
        Assert.Equal(["11 a Suspect", "61 a Online"], _changes);
        Assert.Null(_stored["a"].RestartsSince);
        Live(20, ["b"]);
        Assert.Equal(["11 a Suspect", "61 a Online", "68 a Suspect", "70 a Offline"], _changes);
    }

    [Fact]
    public void All_may_be_restarted_at_once_and_one_that_falls_silent_meanwhile_is_still_judged()
    {
        Know("a", "b", "c");
        Live(20, ["a", "b", "c"]);
        Leave("a");
        Leave("b");
        Live(20, []);
        Assert.Equal(LivenessState.Offline, _states["c"]);
        Assert.Equal(LivenessState.Suspect, _states["a"]);
        Assert.False(_monitor.Look().Doubting);
    }

    [Fact]
    public void A_beat_that_was_overtaken_by_the_last_one_does_not_take_it_back()
    {
        Know("a", "b");
        var beat = Some.Beat("a", "ID:a", "hash-a", "run") with { SentAt = _clock.GetUtcNow() };
        _monitor.Heard(beat);
        _monitor.Heard(beat with { Leaves = true });
        _monitor.Heard(beat);
        Live(30, ["b"]);
        Assert.Equal(LivenessState.Suspect, _states["a"]);
        _monitor.Heard(beat with { Run = "next", SentAt = _clock.GetUtcNow() });
        Step();
        Assert.Equal(LivenessState.Online, _states["a"]);
    }

    [Fact]
    public void The_last_word_of_a_copy_says_nothing_of_the_node()
    {
        Know("a", "b");
        var beat = Some.Beat("a", "ID:a", "hash-a", "first") with { SentAt = _clock.GetUtcNow() };
        _monitor.Heard(beat);
        _monitor.Heard(beat with { Run = "copy", Leaves = true });
        Step();
        Assert.Empty(_changes);
    }

    [Fact]
    public void Another_process_that_takes_over_gives_a_node_that_is_being_restarted_its_time()
    {
        Know("a", "b");
        Live(20, ["a", "b"]);
        Leave("a");
        Step();
        var next = new NodeLivenessMonitor(new LivenessOptions(), _clock);
        next.Learn(Some.Node(1, "a", "ID:a"), _stored["a"], 1, heard: false);
        next.Learn(Some.Node(2, "b", "ID:b"), _stored["b"], 1, heard: false);
        for (var second = 0; second < 65; second++)
        {
            next.ProbeReturned(next.Probe());
            next.Heard(Some.Beat("b", "ID:b", "hash-b") with { SentAt = _clock.GetUtcNow() });
            _clock.Advance(TimeSpan.FromSeconds(1));
            Assert.DoesNotContain(next.Look().Changes, change => change.Wanted.State == LivenessState.Offline);
        }

        for (var second = 0; second < 10; second++)
        {
            next.ProbeReturned(next.Probe());
            next.Heard(Some.Beat("b", "ID:b", "hash-b") with { SentAt = _clock.GetUtcNow() });
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Contains(next.Look().Changes, change => change.Wanted is { Node: "a", State: LivenessState.Offline });
    }

    private void Leave(string node) => _monitor.Heard(Some.Beat(node, $"ID:{node}", $"hash-{node}") with { SentAt = _clock.GetUtcNow(), Leaves = true });

    private void Know(params string[] nodes) => Know(LivenessState.Online, nodes);

    private void Know(LivenessState state, params string[] nodes)
    {
        foreach (var name in nodes)
        {
            _monitor.Learn(
                Some.Node(1, name, $"ID:{name}"), new NodeLiveness { Grid = "prod", Node = name, State = state, LastSeenAt = _clock.GetUtcNow() }, 1, heard: false);
            _monitor.FactsStored("prod", name, $"hash-{name}");
            _states[name] = state;
            _stored[name] = new NodeLiveness { Grid = "prod", Node = name, State = state };
        }
    }

    private void Live(int seconds, string[] beating, bool probes = true)
    {
        for (var second = 0; second < seconds; second++)
        {
            if (probes)
                _monitor.ProbeReturned(_monitor.Probe());
            if (_second % 2 == 0)
                Array.ForEach(beating, Beat);
            Step();
        }
    }

    private void Beat(string node) => _monitor.Heard(Some.Beat(node, $"ID:{node}", $"hash-{node}") with { SentAt = _clock.GetUtcNow() });

    private IReadOnlyList<NodeLiveness> Step()
    {
        _clock.Advance(TimeSpan.FromSeconds(1));
        _second++;
        return Look();
    }

    private IReadOnlyList<NodeLiveness> Look()
    {
        var changes = _monitor.Look().Changes;
        foreach (var change in changes)
        {
            _monitor.Stored(change.Wanted, change.Expected + 1);
            if (change.IsState)
                _changes.Add($"{_second} {change.Wanted.Node} {change.Wanted.State}");
            _states[change.Wanted.Node] = change.Wanted.State;
            _stored[change.Wanted.Node] = change.Wanted;
        }

        return [.. changes.Select(change => change.Wanted)];
    }
}
