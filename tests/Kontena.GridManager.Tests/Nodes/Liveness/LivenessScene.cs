using Kontena.Contracts.Nodes;
using Kontena.GridManager.Nodes.Liveness;
using Kontena.Testing;

namespace Kontena.GridManager.Tests.Nodes.Liveness;

/// <summary>Time passes in seconds; nodes beat every two, probes come back every one, unless a test says otherwise.</summary>
public abstract class LivenessScene
{
    private long _second;

    protected LivenessScene() => Monitor = new NodeLivenessMonitor(new LivenessOptions(), Clock);

    private protected TestClock Clock { get; } = new();
    private protected NodeLivenessMonitor Monitor { get; }
    private protected Dictionary<string, LivenessState> States { get; } = [];
    private protected Dictionary<string, NodeLiveness> Stored { get; } = [];

    /// <summary><c>second node state</c> each.</summary>
    private protected List<string> Changes { get; } = [];

    private protected void Know(params string[] nodes) => Know(LivenessState.Online, nodes);

    private protected void Know(LivenessState state, params string[] nodes)
    {
        foreach (var name in nodes)
        {
            Monitor.Learn(
                Some.Node(1, name, $"ID:{name}"), new NodeLiveness { Grid = "prod", Node = name, State = state, LastSeenAt = Clock.GetUtcNow() }, 1, heard: false);
            Monitor.FactsStored("prod", name, $"hash-{name}");
            States[name] = state;
            Stored[name] = new NodeLiveness { Grid = "prod", Node = name, State = state };
        }
    }

    private protected void Live(int seconds, string[] beating, bool probes = true)
    {
        for (var second = 0; second < seconds; second++)
        {
            if (probes)
                Monitor.ProbeReturned(Monitor.Probe());
            if (_second % 2 == 0)
                Array.ForEach(beating, Beat);
            Step();
        }
    }

    private protected void Beat(string node) => Monitor.Heard(Some.Beat(node, $"ID:{node}", $"hash-{node}") with { SentAt = Clock.GetUtcNow() });

    private protected IReadOnlyList<NodeLiveness> Step()
    {
        Clock.Advance(TimeSpan.FromSeconds(1));
        _second++;
        return Look();
    }

    private protected IReadOnlyList<NodeLiveness> Look()
    {
        var changes = Monitor.Look().Changes;
        foreach (var change in changes)
        {
            Monitor.Stored(change.Wanted, change.Expected + 1);
            if (change.IsState)
                Changes.Add($"{_second} {change.Wanted.Node} {change.Wanted.State}");
            States[change.Wanted.Node] = change.Wanted.State;
            Stored[change.Wanted.Node] = change.Wanted;
        }

        return [.. changes.Select(change => change.Wanted)];
    }
}
